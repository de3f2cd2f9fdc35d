import type { Rows } from './rows.js';

/** How two embeddings are compared. */
export type DistanceName = 'cosine' | 'dot' | 'euclidean' | 'squaredEuclidean' | 'manhattan';

/**
 * A way to compare rows, which owns its direction.
 *
 * Losses that speak of distances take `origin - value` where higher is closer (`1 - cosine`, `-dot`), else the value; losses
 * that speak of similarities take the value where higher is closer, else `-value`.
 */
export interface Distance {
  readonly name: DistanceName;
  /** True for similarities. */
  readonly higherIsCloser: boolean;
  /** The value of equal unit rows, where higher is closer and there is one. */
  readonly origin: number;
  /** Compares directions only: rows are scaled to length 1 first. */
  readonly ofDirections: boolean;
  /** @returns shape `[a.count, b.count]` */
  values(a: Rows, b: Rows): Float64Array;
  /**
   * The gradient with respect to a of the sum of `upstream x values`, b held constant. Finite everywhere: 0 where the
   * derivative does not exist, as at distance 0.
   *
   * @param upstream shape `[a.count, b.count]`
   * @returns shape of a
   */
  gradient(a: Rows, b: Rows, values: Float64Array, upstream: Float64Array): Float64Array;
}
