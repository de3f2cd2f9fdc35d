import { NearkinError } from '@nearkin/core';
import type { Preprocessing } from '@nearkin/embedders';
import * as tf from '@tensorflow/tfjs';
import type { ConvEmbedder } from './conv-embedder.js';
import { applyConvolutions, applyDense } from './conv-embedder-layers.js';

/** What can be saved as an embedder of pictures. */
export interface JoinedEmbedders {
  /** One more than each model's, added up. */
  readonly dim: number;
  readonly preprocessing: Preprocessing;
  /** A plain model with weights of its own, which the caller disposes. */
  toLayersModel(): tf.LayersModel;
}

/**
 * Joins convolutional embedders that were trained from different seeds into one: the cosine of two joined vectors is the
 * mean of the models' own cosines, so that the errors of one are outvoted by the others.
 *
 * The joined model consists of standard layers. A standard layer that scales to unit length does not exist, but layer
 * normalisation does, and is the same for vectors whose numbers add up to 0. So each dense layer gets one more output
 * and turns its vectors, lengths and angles unchanged, into that plane: a vector of dim numbers becomes one of dim + 1.
 * Its length then is sqrt(dim + 1).
 *
 * @throws {NearkinError} `INVALID_ARGUMENT` for no models, or models that preprocess pictures differently
 * @example
 * const joined = joinEmbedders([first, second]);
 * joined.dim; // 258 for two models of 128
 */
export function joinEmbedders(models: readonly ConvEmbedder[]): JoinedEmbedders {
  const [first] = models;
  if (!first) throw new NearkinError('INVALID_ARGUMENT', 'Expected at least one model to join, got none.');
  const { preprocessing } = first;
  for (const model of models)
    if (JSON.stringify(model.preprocessing) !== JSON.stringify(preprocessing))
      throw new NearkinError(
        'INVALID_ARGUMENT',
        'The models to join preprocess pictures differently; only models that see the same can be one.',
        { details: { preprocessing: models.map((each) => each.preprocessing) } },
      );
  return Object.freeze({
    dim: models.reduce((sum, { dim }) => sum + dim + 1, 0),
    preprocessing,
    toLayersModel() {
      const [, ...shape] = [0, preprocessing.height, preprocessing.width, depthOf(first)];
      const picture = tf.input({ shape, name: 'picture' });
      const towers = models.map((model, i) => tower(picture, model, `tower${i + 1}_`));
      const [only] = towers;
      const outputs =
        towers.length === 1
          ? only!
          : (tf.layers.concatenate({ axis: -1, name: 'embedding' }).apply(towers) as tf.SymbolicTensor);
      return tf.model({ inputs: picture, outputs, name: 'joined_embedder' });
    },
  });
}

function depthOf(model: ConvEmbedder): number {
  return model.weights[0]!.variable.shape[2]!;
}

function tower(picture: tf.SymbolicTensor, model: ConvEmbedder, prefix: string): tf.SymbolicTensor {
  const weights = model.weights.map(({ variable }) => variable as tf.Tensor);
  const features = applyConvolutions(picture, model.architecture, { weights, prefix });
  const kernel = tf.tidy(() => tf.matMul(weights.at(-1) as tf.Tensor2D, zeroSumBasis(model.dim)));
  const rows = applyDense(features, kernel, `${prefix}projection`);
  kernel.dispose();
  return tf.layers
    .layerNormalization({ axis: -1, epsilon: 1e-12, center: false, scale: false, name: `${prefix}unit` })
    .apply(rows) as tf.SymbolicTensor;
}

/**
 * Rows of length 1, at right angles to one another and to (1, …, 1): row k, from 1 on, is k numbers 1 / sqrt(k (k + 1)),
 * then -k / sqrt(k (k + 1)), then zeros.
 *
 * @returns shape `[dim, dim + 1]`
 * @source Helmert's matrix without its first row; Lancaster, The Helmert Matrices, 1965
 */
function zeroSumBasis(dim: number): tf.Tensor2D {
  const values = new Float32Array(dim * (dim + 1));
  for (let row = 0; row < dim; row++) {
    const k = row + 1;
    const length = Math.sqrt(k * (k + 1));
    values.fill(1 / length, row * (dim + 1), row * (dim + 1) + k);
    values[row * (dim + 1) + k] = -k / length;
  }
  return tf.tensor2d(values, [dim, dim + 1]);
}
