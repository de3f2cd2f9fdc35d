import { throwIfAborted } from '@nearkin/core';
import { buildClassifier } from '@nearkin/retrieval';
import { assertOutputFolder } from '../assert-output-folder.js';
import { modelFolder } from '../classifiers/model-folder.js';
import { noteDefaultEncoder } from '../encoders/default-encoder.js';
import { defaultEncoderName } from '../encoders/default-name.js';
import { openEmbedder } from '../encoders/open-embedder.js';
import { folderSize } from '../inspection/folder-size.js';
import type { BuildOptions } from '../options/build-options.js';
import { embedPictures } from '../pictures/embed-pictures.js';
import { listAlbums } from '../pictures/picture-item.js';
import { pictureOrigin } from '../pictures/picture-origin.js';
import { collectSkipped } from '../pictures/skipped-pictures.js';
import { byteSize, counted, duration } from '../terminal/number-text.js';
import { printable } from '../terminal/printable.js';
import type { Terminal } from '../terminal/terminal.js';
import { facts } from '../terminal/text-layout.js';

/** `nearkin build`: albums to a classifier on disk. */
export async function buildModel(job: BuildOptions & { readonly albums: string }, terminal: Terminal): Promise<void> {
  const started = performance.now();
  const { albums, output, aggregation, quantize, unknownBelow, workers } = job;
  const { signal, colors } = terminal;
  await assertOutputFolder(output, { root: 'model.json' });
  const items = await listAlbums(albums, { signal });
  const embedder = await openEmbedder(job, terminal);
  const skipped = collectSkipped();
  const gallery = await embedPictures(
    embedder,
    items.map((item) => ({ ...item, metadata: pictureOrigin(item.path, output) })),
    { skipped, terminal, workers },
  );
  skipped.report(terminal);
  using classifier = buildClassifier(embedder, gallery, {
    aggregation,
    quantize,
    unknownBelow,
    metadata: metadataOf(job),
  });
  throwIfAborted(signal);
  await classifier.save(output);
  const seconds = (performance.now() - started) / 1000;
  const classes = classifier.labels.length;
  const pictures = gallery.ids.length;
  const bytes = await folderSize(modelFolder(output));
  embedder.dispose();

  terminal.result(
    {
      model: output,
      classes,
      pictures,
      skipped: skipped.list,
      embedder: { id: embedder.id, dim: embedder.dim, source: job.embedder ?? defaultEncoderName },
      aggregation,
      quantize: quantize ?? 'none',
      trainingSteps: 0,
      seconds,
      bytes,
    },
    [
      `${colors.green('✔')} ${colors.bold(counted(classes, 'class'))} from ${counted(pictures, 'picture')} in ${colors.bold(duration(seconds))}, with ${colors.bold('0 training steps')}`,
      ...facts(
        [
          ['model', `${printable(output)} (${byteSize(bytes)})`],
          ['embedder', `${printable(job.embedder ?? defaultEncoderName)}, ${embedder.dim} numbers a picture`],
        ],
        colors.dim,
      ),
    ],
  );
  noteDefaultEncoder(job, terminal);
}

function metadataOf({ name, author, modelVersion, license, description }: BuildOptions) {
  return { name, author, version: modelVersion, license, description };
}
