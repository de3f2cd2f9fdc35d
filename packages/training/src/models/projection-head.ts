import { createRng, NearkinError } from '@nearkin/core';
import * as tf from '@tensorflow/tfjs';
import { assertNumber } from '../optimizers/assert-number.js';
import { mixSeed } from '../samplers/mix-seed.js';
import { dropOut } from './drop-out.js';
import type { ForwardOptions, TrainableModel, TrainableWeight } from './trainable-model.js';

export interface ProjectionHeadOptions {
  /** Length of the vectors that come in. */
  readonly inputDim: number;
  /** Length of the vectors that come out. Default 128. */
  readonly dim?: number | undefined;
  /** Residual layers. Default 1. */
  readonly layers?: number | undefined;
  /** Share of the numbers that is dropped in each residual layer in training. Default 0.1. */
  readonly dropout?: number | undefined;
  /** Of the weights at the start. Default 0. */
  readonly seed?: number | undefined;
}

/** A projection head under training; see {@link createProjectionHead}. */
export interface ProjectionHead extends TrainableModel {
  readonly inputDim: number;
  /** Puts the same layers behind a tensor of a LayersModel; they have weights of their own. */
  applyTo(embedding: tf.SymbolicTensor): tf.SymbolicTensor;
}

/** As in Keras. */
const epsilon = 1e-3;

/**
 * Makes the head that leads embeddings of a frozen model into a space shared with another: a dense layer, then residual
 * layers, each `x = layerNorm(x + dropout(dense(gelu(x))))`, then unit length.
 *
 * Weights start as Glorot and Bengio propose (uniform), biases 0. `gelu` is the approximation by tanh, which every
 * backend of tfjs has.
 *
 * @throws {NearkinError} `INVALID_ARGUMENT`
 * @source Keras examples: Natural language image search with a dual encoder (K. Salama, 2021), `project_embeddings`
 * @example
 * const head = createProjectionHead({ inputDim: 1280, dim: 128 });
 * head.forward(tf.zeros([2, 1280]), { training: false, seed: 0 }).shape; // [2, 128]
 */
export function createProjectionHead(options: ProjectionHeadOptions): ProjectionHead {
  const { inputDim, dim = 128, layers = 1, dropout = 0.1, seed = 0 } = options;
  for (const [name, value, least] of [
    ['inputDim', inputDim, 1],
    ['dim', dim, 1],
    ['layers', layers, 0],
  ] as const) {
    assertNumber(name, value, { least });
    if (!Number.isSafeInteger(value))
      throw new NearkinError('INVALID_ARGUMENT', `Expected ${name} to be a whole number, got ${value}.`);
  }
  assertNumber('dropout', dropout, { least: 0, below: 1 });
  const rng = createRng(seed);
  const weights: TrainableWeight[] = [];
  const variable = (name: string, shape: number[], fill: () => number): tf.Variable => {
    const values = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, fill);
    const made = tf.tidy(() => tf.variable(tf.tensor(values, shape)));
    weights.push({ name: `projection/${name}`, variable: made });
    return made;
  };
  const dense = (name: string, inputs: number) => {
    const reach = Math.sqrt(6 / (inputs + dim));
    return {
      kernel: variable(`${name}/kernel`, [inputs, dim], () => reach * (2 * rng.uniform() - 1)) as tf.Tensor2D,
      bias: variable(`${name}/bias`, [dim], () => 0),
    };
  };
  const first = dense('dense', inputDim);
  const residual = Array.from({ length: layers }, (_, i) => ({
    ...dense(`residual${i + 1}`, dim),
    gamma: variable(`residual${i + 1}/gamma`, [dim], () => 1),
    beta: variable(`residual${i + 1}/beta`, [dim], () => 0),
  }));
  let disposed = false;

  return Object.freeze({
    architecture: Object.freeze({ kind: 'projection', inputDim, dim, layers, dropout }),
    inputDim,
    dim,
    weights: Object.freeze(weights),
    forward(inputs: tf.Tensor, { training, seed: dropSeed, firstRow = 0 }: ForwardOptions) {
      if (inputs.shape.length !== 2 || inputs.shape[1] !== inputDim)
        throw new NearkinError(
          'DIMENSION_MISMATCH',
          `Expected vectors of shape [n, ${inputDim}], got [${inputs.shape.join(', ')}].`,
          { details: { expected: inputDim, received: inputs.shape } },
        );
      return tf.tidy(() => {
        let rows = tf.add<tf.Tensor2D>(tf.matMul(inputs as tf.Tensor2D, first.kernel), first.bias);
        residual.forEach(({ kernel, bias, gamma, beta }, i) => {
          let change = tf.add<tf.Tensor2D>(tf.matMul(gelu(rows), kernel), bias);
          if (training && dropout > 0)
            change = dropOut(change, { share: dropout, seed: mixSeed(dropSeed, i), firstRow });
          const sum = tf.add<tf.Tensor2D>(rows, change);
          const centred = tf.sub<tf.Tensor2D>(sum, tf.mean(sum, 1, true));
          const spread = tf.sqrt(tf.add(tf.mean(tf.square(centred), 1, true), epsilon));
          rows = tf.add(tf.mul(tf.div(centred, spread), gamma), beta);
        });
        return tf.div<tf.Tensor2D>(rows, tf.sqrt(tf.add(tf.sum(tf.square(rows), 1, true), 1e-12)));
      });
    },
    applyTo(embedding: tf.SymbolicTensor): tf.SymbolicTensor {
      const put = (layer: tf.layers.Layer, from: tf.SymbolicTensor | tf.SymbolicTensor[], own: tf.Tensor[] = []) => {
        const out = layer.apply(from) as tf.SymbolicTensor;
        if (own.length > 0) layer.setWeights(own);
        return out;
      };
      const denseLayer = (name: string) => tf.layers.dense({ units: dim, name, kernelInitializer: 'zeros' });
      let rows = put(denseLayer('projection_dense'), embedding, [first.kernel, first.bias]);
      residual.forEach(({ kernel, bias, gamma, beta }, i) => {
        const name = `projection_residual${i + 1}`;
        const active = put(tf.layers.activation({ activation: 'gelu_new' as never, name: `${name}_gelu` }), rows);
        const change = put(denseLayer(`${name}_dense`), active, [kernel, bias]);
        const sum = put(tf.layers.add({ name: `${name}_add` }), [rows, change]);
        const norm = tf.layers.layerNormalization({ axis: -1, epsilon, name: `${name}_norm` });
        rows = put(norm, sum, [gamma, beta]);
      });
      return rows;
    },
    dispose() {
      if (disposed) return;
      disposed = true;
      for (const { variable: weight } of weights) weight.dispose();
    },
  });
}

/** @source Hendrycks and Gimpel, Gaussian Error Linear Units, 2016, section 2 */
function gelu(x: tf.Tensor2D): tf.Tensor2D {
  const inner = tf.mul(Math.sqrt(2 / Math.PI), tf.add(x, tf.mul(0.044715, tf.mul(x, tf.square(x)))));
  return tf.mul(tf.mul(0.5, x), tf.add(1, tf.tanh(inner)));
}
