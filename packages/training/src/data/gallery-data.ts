import { type Gallery, NearkinError, type Rng } from '@nearkin/core';
import { type Tensor2D, tensor2d } from '@tensorflow/tfjs';
import { numberLabels } from './number-labels.js';
import type { TrainingData } from './training-data.js';

/**
 * The vectors of a gallery as training data, for heads on embeddings that were computed once. Nothing is augmented.
 *
 * @returns batches of shape `[samples, dim]`
 * @throws {NearkinError} `EMPTY_GALLERY` for no rows; `UNKNOWN_LABEL` for a row without a label
 * @example
 * const data = galleryData(await embedGallery(embedder, readAlbums('albums')));
 * data.labelNames; // ['banana', 'lemon']
 */
export function galleryData(gallery: Gallery): TrainingData {
  const { data, dim, count } = gallery.vectors;
  return Object.freeze({
    ...numberLabels(gallery.labels),
    batch(samples: readonly number[], _options: { readonly augment: boolean; readonly rng: Rng }): Tensor2D {
      const rows = new Float32Array(samples.length * dim);
      samples.forEach((sample, i) => {
        if (!Number.isInteger(sample) || sample < 0 || sample >= count)
          throw new NearkinError('INVALID_ARGUMENT', `Expected samples from 0 to ${count - 1}, got ${sample}.`, {
            details: { sample, count },
          });
        rows.set(data.subarray(sample * dim, (sample + 1) * dim), i * dim);
      });
      return tensor2d(rows, [samples.length, dim]);
    },
  });
}
