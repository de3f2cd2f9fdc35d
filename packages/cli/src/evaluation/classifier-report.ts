import { basename, join, resolve } from 'node:path';
import type { Gallery } from '@nearkin/core';
import { replaceFile } from '@nearkin/core/node';
import type { ImageInput } from '@nearkin/embedders';
import type { ClassifierEvaluation } from '@nearkin/evaluation';
import type { RetrievalClassifier } from '@nearkin/retrieval';
import { pictureOrigins } from '../pictures/picture-origin.js';
import { counted } from '../terminal/number-text.js';
import type { Terminal } from '../terminal/terminal.js';
import { flatMaps } from './flat-maps.js';
import { illustratedPage } from './illustrated-page.js';
import { findMislabels } from './mislabels.js';

/** Writes everything there is to see about a classifier as one HTML file. */
export async function writeClassifierReport(
  file: string,
  evaluated: {
    readonly evaluation: ClassifierEvaluation;
    readonly classifier: RetrievalClassifier<ImageInput>;
    readonly queries: Gallery;
    readonly model: string;
    readonly albums: string;
    /** Where the gallery's pictures lie, if not where they lay. */
    readonly galleryFolder?: string | undefined;
  },
  terminal: Terminal,
): Promise<void> {
  const { evaluation, classifier, queries, model, albums, galleryFolder } = evaluated;
  const { metadata, unknownBelow, aggregation } = classifier.settings;
  const name = metadata.name ?? basename(resolve(model));
  const { gallery } = classifier;
  const origins = pictureOrigins(gallery, model);
  const marked = evaluation.samples.filter(({ correct }) => !correct).map(({ id }) => id);
  const page = await illustratedPage(
    {
      title: `${name}, asked about ${basename(resolve(albums))}`,
      facts: [
        ['Gallery', `${counted(gallery.ids.length, 'picture')} of ${counted(classifier.labels.length, 'class')}`],
        ['Embedder', classifier.modelId],
        ['Aggregation', aggregation],
        ...(typeof unknownBelow === 'number' ? [['Unknown below', unknownBelow.toFixed(4)] as const] : []),
      ],
      classifier: evaluation,
      threshold: typeof unknownBelow === 'number' ? unknownBelow : undefined,
      mislabels: await findMislabels(gallery, terminal),
      maps: await flatMaps(queries, { seed: 0, marked, pictures: 'queries', terminal }),
    },
    {
      pathOf: {
        queries: (id) => join(albums, id),
        gallery: (id) => (galleryFolder === undefined ? origins.get(id) : join(galleryFolder, id)),
      },
      terminal,
    },
  );
  await replaceFile(resolve(file), new TextEncoder().encode(page));
}
