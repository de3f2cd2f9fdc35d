import { basename } from 'node:path';
import { createGallery, NearkinError, throwIfAborted } from '@nearkin/core';
import { openModel } from '../classifiers/open-model.js';
import type { AddOptions } from '../options/add-options.js';
import { embedPictures } from '../pictures/embed-pictures.js';
import { listPictures } from '../pictures/list-pictures.js';
import { pictureOrigin } from '../pictures/picture-origin.js';
import { collectSkipped } from '../pictures/skipped-pictures.js';
import { counted, duration } from '../terminal/number-text.js';
import { printable } from '../terminal/printable.js';
import type { Terminal } from '../terminal/terminal.js';

/** `nearkin add`: pictures to an old or a new class. */
export async function addPictures(
  job: AddOptions & { readonly model: string; readonly label: string; readonly images: readonly string[] },
  terminal: Terminal,
): Promise<void> {
  const started = performance.now();
  const { model, label } = job;
  const { signal, colors } = terminal;
  if (label === '')
    throw new NearkinError('INVALID_ARGUMENT', 'Expected a name for the class, got an empty one.', {
      details: { label },
    });
  using classifier = await openModel(job, terminal);
  const skipped = collectSkipped();
  const items = await listPictures(job.images, { signal });
  const embedded = await embedPictures(classifier.embedder, items, { skipped, terminal });
  skipped.report(terminal);

  const before = classifier.labels.length;
  const taken = new Set(classifier.gallery.ids);
  const rows = createGallery({
    vectors: embedded.vectors,
    ids: embedded.ids.map((path) => freeId(`${label}/${basename(path)}`, taken)),
    labels: embedded.ids.map(() => label),
    modelId: embedded.modelId,
    metadata: embedded.ids.map((path) => pictureOrigin(path, model)),
  });
  classifier.addGallery(rows);
  throwIfAborted(signal);
  await classifier.save(model);

  const isNew = classifier.labels.length > before;
  const seconds = (performance.now() - started) / 1000;
  terminal.result(
    {
      model,
      label,
      newClass: isNew,
      ids: rows.ids,
      classes: classifier.labels.length,
      pictures: classifier.gallery.ids.length,
      skipped: skipped.list,
      seconds,
    },
    [
      `${colors.green('✔')} ${counted(rows.ids.length, 'picture')} added to the ${isNew ? 'new ' : ''}class ${colors.bold(printable(label))} in ${duration(seconds)}; ${printable(model)} knows ${counted(classifier.labels.length, 'class')}`,
    ],
  );
}

/** Adds ` (2)`, ` (3)`, … before the file's ending until nobody has the id. */
function freeId(wanted: string, taken: Set<string>): string {
  const dot = wanted.lastIndexOf('.');
  const [stem, ending] = dot > wanted.lastIndexOf('/') ? [wanted.slice(0, dot), wanted.slice(dot)] : [wanted, ''];
  let id = wanted;
  for (let n = 2; taken.has(id); n++) id = `${stem} (${n})${ending}`;
  taken.add(id);
  return id;
}
