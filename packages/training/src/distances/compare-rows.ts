import { NearkinError } from '@nearkin/core';
import { euclidean, manhattan, squaredEuclidean } from './differences.js';
import type { Distance, DistanceName } from './distance.js';
import { cosine, dot } from './inner-products.js';
import { type Rows, unitRows } from './rows.js';

/** All ways to compare rows, by name. */
export const distances: Readonly<Record<DistanceName, Distance>> = Object.freeze({
  cosine,
  dot,
  euclidean,
  squaredEuclidean,
  manhattan,
});

/** All pairs of a batch with itself or with a reference. */
export interface Comparison {
  readonly rows: number;
  readonly columns: number;
  /** Shape `[rows, columns]`. */
  readonly values: Float64Array;
  /**
   * @param upstream shape `[rows, columns]`; the gradient of something with respect to the values
   * @returns shape of the batch; no gradient flows into a reference
   */
  backward(upstream: Float64Array): Float64Array;
}

/**
 * Compares every row of a batch with every row of it, or of a reference.
 *
 * @param options.as whether lower or higher values are to be closer, whatever the direction of the distance
 * @param options.normalize scales rows to length 1 first
 * @throws {NearkinError} `DIMENSION_MISMATCH` when the reference has another dimension
 */
export function compareRows(
  batch: Rows,
  options: {
    readonly distance: DistanceName;
    readonly as: 'distance' | 'similarity';
    readonly normalize: boolean;
    readonly reference?: Rows | undefined;
  },
): Comparison {
  const { reference } = options;
  if (reference && reference.dim !== batch.dim)
    throw new NearkinError(
      'DIMENSION_MISMATCH',
      `Expected a reference of dimension ${batch.dim} as the batch, got ${reference.dim}.`,
      { details: { batch: batch.dim, reference: reference.dim } },
    );
  const distance = distances[options.distance];
  const scaled = distance.ofDirections || options.normalize ? unitRows(batch) : undefined;
  const a = scaled?.unit ?? batch;
  const b = reference ? (scaled ? unitRows(reference).unit : reference) : a;
  const raw = distance.values(a, b);
  const flipped = distance.higherIsCloser === (options.as === 'distance');
  const origin = options.as === 'distance' ? distance.origin : 0;
  const [rows, columns] = [a.count, b.count];
  return {
    rows,
    columns,
    values: flipped ? raw.map((value) => origin - value) : raw,
    backward(upstream) {
      const sign = flipped ? -1 : 1;
      const weights = new Float64Array(upstream.length);
      for (let row = 0, at = 0; row < rows; row++)
        for (let column = 0; column < columns; column++, at++)
          // Within a batch a pair moves both of its rows.
          weights[at] = sign * (upstream[at]! + (reference ? 0 : upstream[column * rows + row]!));
      const gradient = distance.gradient(a, b, raw, weights);
      return scaled ? scaled.backward(gradient) : gradient;
    },
  };
}
