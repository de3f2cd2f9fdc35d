import { crc32c, createRng, NearkinError } from '@nearkin/core';
import * as tf from '@tensorflow/tfjs';
import { assertNumber } from '../optimizers/assert-number.js';
import { dropOut } from './drop-out.js';
import type { TrainableModel, TrainableWeight } from './trainable-model.js';

export interface HeadOptions {
  /** Length of the vectors that come in: the base embedder's `dim`. */
  readonly inputDim: number;
  /** Length of the vectors that come out; default: `inputDim`. */
  readonly dim?: number | undefined;
  /** Sizes of layers with rectifiers in between; default none: a linear head. */
  readonly hidden?: readonly number[] | undefined;
  /** Share of the numbers that is dropped before the last layer in training; default 0. */
  readonly dropout?: number | undefined;
  /**
   * Adds what the layers say to the vector that came in (`dim` must be `inputDim`). The last layer starts at zero: training
   * begins with the base embedder as it is, and weight decay pulls back to it. Default false.
   */
  readonly residual?: boolean | undefined;
  /** Subtracted from every vector first, as a rule the mean of the training vectors; `inputDim` numbers. Default none. */
  readonly center?: ArrayLike<number> | undefined;
  /** Of the starting weights; default 0. */
  readonly seed?: number | undefined;
}

/** A head under training; see {@link createHead}. */
export interface Head extends TrainableModel {
  readonly inputDim: number;
  readonly residual: boolean;
  /** Zeros where nothing is subtracted. */
  readonly center: Float32Array;
}

/**
 * Makes a small net on embeddings that another model gave, with random weights: dense layers with rectifiers between
 * them, the last one without bias, then unit length.
 *
 * Weights start normal with variance 2 / inputs (1 / inputs for the last layer; 0 with `residual`), biases 0.
 *
 * @throws {NearkinError} `INVALID_ARGUMENT`
 * @source He et al., Delving Deep into Rectifiers, 2015, section 2.2, for the starting weights
 * @example
 * const head = createHead({ inputDim: 1280, dim: 128, seed: 1 });
 * head.weights.map(({ name }) => name); // ['dense1/kernel']
 */
export function createHead(options: HeadOptions): Head {
  const { inputDim, dim = inputDim, hidden = [], dropout = 0, residual = false, seed = 0 } = options;
  for (const [name, size] of [
    ['inputDim', inputDim],
    ['dim', dim],
    ...hidden.map((size) => ['hidden', size] as const),
  ] as const)
    if (!Number.isSafeInteger(size) || size < 1)
      throw new NearkinError('INVALID_ARGUMENT', `Expected ${name} to be a whole number of at least 1, got ${size}.`, {
        details: { [name]: size },
      });
  assertNumber('dropout', dropout, { least: 0, below: 1 });
  if (residual && dim !== inputDim)
    throw new NearkinError(
      'INVALID_ARGUMENT',
      `A residual head gives vectors as long as it takes: expected dim ${inputDim}, got ${dim}.`,
      { details: { inputDim, dim } },
    );
  const center = Float32Array.from(options.center ?? new Float32Array(inputDim));
  if (center.length !== inputDim || !center.every(Number.isFinite))
    throw new NearkinError(
      'INVALID_ARGUMENT',
      `Expected a center of ${inputDim} finite numbers, got ${center.length}.`,
      {
        details: { inputDim, length: center.length },
      },
    );
  const isCentred = center.some((value) => value !== 0);
  const rng = createRng(seed);
  const weights: TrainableWeight[] = [];
  const add = (name: string, shape: number[], variance: number): tf.Variable => {
    const size = shape.reduce((a, b) => a * b, 1);
    const values = Float32Array.from({ length: size }, () => (variance > 0 ? rng.normal() * Math.sqrt(variance) : 0));
    const variable = tf.tidy(() => tf.variable(tf.tensor(values, shape)));
    weights.push(Object.freeze({ name, variable }));
    return variable;
  };
  const sizes = [inputDim, ...hidden, dim];
  const layers = sizes.slice(1).map((size, i) => {
    const isLast = i === hidden.length;
    const inputs = sizes[i]!;
    const variance = isLast ? (residual ? 0 : 1 / inputs) : 2 / inputs;
    const kernel = add(`dense${i + 1}/kernel`, [inputs, size], variance) as tf.Variable<tf.Rank.R2>;
    return { kernel, bias: isLast ? undefined : add(`dense${i + 1}/bias`, [size], 0) };
  });
  const mean = isCentred ? tf.tidy(() => tf.variable(tf.tensor1d(center), false)) : undefined;
  let disposed = false;

  const forward: TrainableModel['forward'] = (inputs, { training, seed: dropSeed, firstRow = 0 }) => {
    if (disposed) throw new NearkinError('DISPOSED', 'The head was disposed of and cannot be used any more.');
    if (inputs.shape.length !== 2 || inputs.shape[1] !== inputDim)
      throw new NearkinError(
        'DIMENSION_MISMATCH',
        `Expected vectors of shape [n, ${inputDim}], got [${inputs.shape.join(', ')}].`,
        {
          details: { expected: inputDim, received: inputs.shape },
        },
      );
    return tf.tidy(() => {
      const start = mean ? tf.sub<tf.Tensor2D>(inputs as tf.Tensor2D, mean) : (inputs as tf.Tensor2D);
      let rows = start;
      layers.forEach(({ kernel, bias }, i) => {
        const isLast = i === layers.length - 1;
        if (isLast && training && dropout > 0) rows = dropOut(rows, { share: dropout, seed: dropSeed, firstRow });
        rows = tf.matMul(rows, kernel);
        if (bias) rows = tf.relu(tf.add<tf.Tensor2D>(rows, bias));
      });
      if (residual) rows = tf.add<tf.Tensor2D>(start, rows);
      // The small number keeps the gradient of a zero row finite.
      return tf.div<tf.Tensor2D>(rows, tf.sqrt(tf.add(tf.sum(tf.square(rows), 1, true), 1e-12)));
    });
  };
  return Object.freeze({
    architecture: Object.freeze({
      kind: 'head',
      inputDim,
      dim,
      hidden: [...hidden],
      dropout,
      residual,
      center: isCentred ? crc32c(new Uint8Array(center.buffer)) : null,
    }),
    inputDim,
    dim,
    residual,
    center,
    weights: Object.freeze(weights),
    forward,
    dispose() {
      if (disposed) return;
      disposed = true;
      mean?.dispose();
      for (const { variable } of weights) variable.dispose();
    },
  });
}
