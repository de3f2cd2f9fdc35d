import type { Embedder, Gallery } from '@nearkin/core';
import type { ClassifierOptions } from './classifier-options.js';
import { RetrievalClassifier } from './retrieval-classifier.js';

/**
 * Builds a classifier from a gallery: computed, never trained, so one picture per class is enough.
 *
 * Rows are scaled to unit length and compared with the query's embedding by their cosine; a class's score comes from
 * its rows by `aggregation`. `labels` keep the order of their first rows. Nothing is uploaded to the device before the
 * first question. The embedder stays the caller's to dispose.
 *
 * @throws {NearkinError} `EMPTY_GALLERY`; `TOO_FEW_CLASSES` for one class; `DIMENSION_MISMATCH` or `MODEL_MISMATCH`
 *   when the gallery was made by another embedder; `NON_FINITE`, `DUPLICATE_ID`, `INVALID_ARGUMENT`, `UNKNOWN_LABEL`
 *   (in `unknownBelow`)
 * @example
 * const classifier = buildClassifier(embedder, await embedGallery(embedder, readAlbums('albums')));
 * await classifier.classify(picture, { k: 1 });
 * // [{ label: 'mango', score: 0.91, nearestId: 'mango/2.jpg', unknown: false }]
 */
export function buildClassifier<Input>(
  embedder: Embedder<Input>,
  gallery: Gallery,
  options: ClassifierOptions = {},
): RetrievalClassifier<Input> {
  return new RetrievalClassifier(embedder, gallery, options);
}
