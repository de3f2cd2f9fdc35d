import { createRng } from '@nearkin/core';
import * as tf from '@tensorflow/tfjs';
import { mixSeed } from '../samplers/mix-seed.js';

/**
 * Sets a share of the numbers to 0 and scales the others up. Each row draws by the seed and its place in the whole batch, so
 * that threads with a part of the batch drop what one thread would.
 *
 * @param options.firstRow place of the first row in the whole batch
 */
export function dropOut(
  rows: tf.Tensor2D,
  options: { readonly share: number; readonly seed: number; readonly firstRow: number },
): tf.Tensor2D {
  const { share, seed, firstRow } = options;
  const [count, dim] = rows.shape;
  const keep = new Float32Array(count * dim);
  for (let row = 0, at = 0; row < count; row++) {
    const rng = createRng(mixSeed(seed, firstRow + row));
    for (let i = 0; i < dim; i++) keep[at++] = rng.uniform() < share ? 0 : 1 / (1 - share);
  }
  return tf.mul(rows, tf.tensor2d(keep, [count, dim]));
}
