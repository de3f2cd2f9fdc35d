import type { Classification } from '@nearkin/core';
import { answerLines } from '../classifiers/answer-lines.js';
import { openModel } from '../classifiers/open-model.js';
import type { ClassifyOptions } from '../options/classify-options.js';
import { embedPictures } from '../pictures/embed-pictures.js';
import { listPictures } from '../pictures/list-pictures.js';
import { collectSkipped } from '../pictures/skipped-pictures.js';
import type { Terminal } from '../terminal/terminal.js';

/** `nearkin classify`: the best classes for each picture. */
export async function classifyPictures(
  job: ClassifyOptions & { readonly model: string; readonly images: readonly string[] },
  terminal: Terminal,
): Promise<void> {
  const { k } = job;
  const { signal } = terminal;
  using classifier = await openModel(job, terminal);
  const skipped = collectSkipped();
  const items = await listPictures(job.images, { signal });
  const queries = await embedPictures(classifier.embedder, items, { skipped, terminal });
  const answers = await classifier.classifyVectors(queries.vectors, { k, signal });
  skipped.report(terminal);

  const byImage = new Map(queries.ids.map((id, row) => [id, answers[row]!]));
  const failed = new Map(skipped.list.map((entry) => [entry.image, entry]));
  const entries = items.map(({ id: image }) => {
    const { code, message } = failed.get(image) ?? {};
    return code === undefined
      ? answerEntry(image, byImage.get(image)!)
      : { image, predictions: [], unknown: false, error: { code, message } };
  });
  terminal.result(
    entries,
    queries.ids.flatMap((image) => answerLines(image, byImage.get(image)!, terminal)),
  );
}

function answerEntry(image: string, answers: readonly Classification[]) {
  const predictions = answers.map(({ label, score, nearestId }) => ({ label, score, nearestId }));
  return { image, predictions, unknown: answers[0]?.unknown ?? false };
}
