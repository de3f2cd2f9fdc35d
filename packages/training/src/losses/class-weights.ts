import { createRng, NearkinError } from '@nearkin/core';
import { tensor2d, variable } from '@tensorflow/tfjs';
import { multiplyRows, multiplyRowsBack } from '../distances/multiply-rows.js';
import { type Rows, unitRows } from '../distances/rows.js';
import type { TrainableWeight } from '../models/trainable-model.js';
import { count, finite, notNegative, seed } from './check-options.js';

/** Options of losses that learn a vector for each class. */
export interface ClassWeightOptions {
  readonly classes: number;
  /** Of the embeddings. */
  readonly dim: number;
  /** Multiplies the learning rate of the vectors. */
  readonly learningRateScale?: number | undefined;
  /** Of the first vectors; default 0. */
  readonly seed?: number | undefined;
  /** The first vectors, `[classes, dim]`, row-major; default: normal deviates of standard deviation dim^-1/2. */
  readonly initialWeights?: Float32Array | undefined;
}

export const classWeightRules = {
  classes: count,
  dim: count,
  learningRateScale: notNegative,
  seed,
  initialWeights: { fits: (value: unknown) => value instanceof Float32Array, wants: 'a Float32Array' },
};

/** @throws {NearkinError} `INVALID_ARGUMENT` without classes or dim, `DIMENSION_MISMATCH` for first vectors of another size */
export function createClassWeights(
  owner: string,
  options: ClassWeightOptions & { readonly learningRateScale: number },
): TrainableWeight {
  const { classes, dim, initialWeights, learningRateScale } = options;
  for (const [name, value] of Object.entries({ classes, dim }))
    if (!finite.fits(value))
      throw new NearkinError('INVALID_ARGUMENT', `Expected ${name} of ${owner}, got ${value}; it has no default.`);
  if (initialWeights && initialWeights.length !== classes * dim)
    throw new NearkinError(
      'DIMENSION_MISMATCH',
      `Expected ${classes} x ${dim} initial weights of ${owner}, got ${initialWeights.length}.`,
      { details: { classes, dim, length: initialWeights.length } },
    );
  const rng = createRng(options.seed ?? 0);
  const first = initialWeights ?? Float32Array.from({ length: classes * dim }, () => rng.normal() / Math.sqrt(dim));
  const start = tensor2d(first, [classes, dim]);
  const name = `${owner}/classes`;
  const weight = { name, variable: variable(start, true), learningRateScale, decay: false };
  start.dispose();
  return weight;
}

/** Cosines of embeddings and class vectors, and the way back to both. */
export function classCosines(embeddings: Rows, vectors: Rows) {
  const batch = unitRows(embeddings);
  const classes = unitRows(vectors);
  return {
    /** Shape `[rows, classes]`. */
    values: clipped(multiplyRows(batch.unit, classes.unit)),
    /** @param upstream shape `[rows, classes]` */
    backward(upstream: Float64Array): readonly [Float64Array, Float64Array] {
      const [ofBatch, ofClasses] = multiplyRowsBack(upstream, batch.unit, classes.unit);
      return [batch.backward(ofBatch), classes.backward(ofClasses)];
    },
  };
}

/** In place: rounding leads a little beyond -1 and 1. */
function clipped(values: Float64Array): Float64Array {
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value > 1) values[i] = 1;
    else if (value < -1) values[i] = -1;
  }
  return values;
}
