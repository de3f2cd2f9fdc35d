import { createGallery, type Gallery, type JobOptions } from '@nearkin/core';
import { galleryData } from '../data/gallery-data.js';
import { embedData } from '../fit/embed-data.js';
import type { TrainableModel } from './trainable-model.js';

/**
 * Puts the vectors of a gallery through a head: the same rows as the joined embedder would give, of unit length, without
 * looking at the pictures again. Ids, labels and metadata stay, the identity of the embedder does not.
 *
 * @throws {NearkinError} `DIMENSION_MISMATCH`, `UNKNOWN_LABEL` for a row without a label, `ABORTED`
 * @example
 * const projected = await projectGallery(head, gallery);
 */
export async function projectGallery(
  head: TrainableModel,
  gallery: Gallery,
  options: JobOptions = {},
): Promise<Gallery> {
  const { vectors } = await embedData(head, galleryData(gallery), options);
  const { ids, labels, metadata } = gallery;
  return createGallery({ vectors, ids, labels, metadata });
}
