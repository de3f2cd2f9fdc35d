import { basename, resolve } from 'node:path';
import { replaceFile } from '@nearkin/core/node';
import type { ImageInput } from '@nearkin/embedders';
import { type ClassifierEvaluation, evaluateClassifier, renderReport } from '@nearkin/evaluation';
import type { RetrievalClassifier } from '@nearkin/retrieval';
import type { EvalOptions } from '../commands/eval.js';
import { embedPictures } from '../embed-pictures.js';
import { evaluationLines } from '../evaluation-lines.js';
import { counted, duration } from '../number-text.js';
import { openModel } from '../open-model.js';
import { listAlbums } from '../picture-item.js';
import { reportPictures } from '../report-pictures.js';
import { collectSkipped } from '../skipped-pictures.js';
import type { Terminal } from '../terminal.js';

/** Answers kept for each picture: enough for the report's curve of the first k. */
const depth = 20;

type EvalJob = EvalOptions & { readonly model: string; readonly albums: string };

/** `nearkin eval`: how often the classifier is right on albums it has not seen. */
export async function evaluateModel(job: EvalJob, terminal: Terminal): Promise<void> {
  const started = performance.now();
  const { signal } = terminal;
  using classifier = await openModel(job, terminal);
  const skipped = collectSkipped();
  const items = await listAlbums(job.albums, { signal });
  const queries = await embedPictures(classifier.embedder, items, { skipped, terminal });
  const answers = await classifier.classifyVectors(queries.vectors, { k: depth, signal });
  const evaluation = evaluateClassifier(
    queries.ids.map((id, row) => ({ id, label: queries.labels[row]!, predictions: answers[row]! })),
    { labels: classifier.labels },
  );
  const seconds = (performance.now() - started) / 1000;
  skipped.report(terminal);
  warnOfStrangers(evaluation, terminal);
  if (job.report) await writeReport(evaluation, { ...job, report: job.report, classifier });
  const { colors } = terminal;
  terminal.result({ ...evaluation, skipped: skipped.list, seconds, ...(job.report ? { report: job.report } : {}) }, [
    ...evaluationLines(evaluation, terminal),
    `  ${counted(queries.ids.length, 'picture')} of ${counted(evaluation.perClass.length, 'class')} in ${duration(seconds)}`,
    ...(job.report ? [`  ${colors.green('✔')} report: ${colors.underline(job.report)}`] : []),
  ]);
}

function warnOfStrangers({ unknownLabels }: ClassifierEvaluation, terminal: Terminal): void {
  if (unknownLabels.length === 0) return;
  const some = unknownLabels.slice(0, 3).map((label) => JSON.stringify(label));
  terminal.warn(
    `${counted(unknownLabels.length, 'album')} of no class that the classifier knows, counted as wrong unless answered “unknown”: ${some.join(', ')}${unknownLabels.length > 3 ? ', …' : ''}`,
  );
}

async function writeReport(
  evaluation: ClassifierEvaluation,
  job: EvalJob & { readonly report: string; readonly classifier: RetrievalClassifier<ImageInput> },
): Promise<void> {
  const { classifier, albums, report } = job;
  const { metadata, unknownBelow, aggregation } = classifier.settings;
  const name = metadata.name ?? basename(resolve(job.model));
  const { gallery } = classifier;
  const page = renderReport({
    title: `${name}, asked about ${basename(resolve(albums))}`,
    facts: [
      ['Gallery', `${counted(gallery.ids.length, 'picture')} of ${counted(classifier.labels.length, 'class')}`],
      ['Embedder', classifier.modelId],
      ['Aggregation', aggregation],
    ],
    classifier: evaluation,
    threshold: typeof unknownBelow === 'number' ? unknownBelow : undefined,
    pictures: await reportPictures(evaluation, gallery, job),
  });
  await replaceFile(resolve(report), new TextEncoder().encode(page));
}
