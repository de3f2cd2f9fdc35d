import type { Vectors } from '@nearkin/core';

/** A symmetric matrix, known by what it does to a vector. */
export type Operator = (vector: Float64Array) => Float64Array;

/** Rows less their mean, X of shape `[count, dim]`, without a copy: the mean is taken out where it is needed. */
export interface CentredRows {
  readonly count: number;
  readonly dim: number;
  /** Sum of squared distances from the mean. */
  readonly total: number;
  /** X v: how far each row lies along a direction. */
  along(direction: Float64Array): Float64Array;
  /** X^T w: the sum of the rows, weighted. */
  across(weights: Float64Array): Float64Array;
  /** One row of X, into `target`. */
  read(row: number, target: Float64Array): void;
}

export function centredRows(vectors: Vectors): CentredRows {
  const { data, dim, count } = vectors;
  // Differences from the first row are averaged, so that identical rows have exactly that row as their mean.
  const mean = new Float64Array(dim);
  for (let row = 1; row < count; row++) for (let i = 0; i < dim; i++) mean[i]! += data[row * dim + i]! - data[i]!;
  for (let i = 0; i < dim; i++) mean[i] = data[i]! + mean[i]! / count;
  let total = 0;
  for (let row = 0; row < count; row++) for (let i = 0; i < dim; i++) total += (data[row * dim + i]! - mean[i]!) ** 2;

  const along = (direction: Float64Array) => {
    const result = new Float64Array(count);
    for (let row = 0; row < count; row++) {
      let sum = 0;
      for (let i = 0, at = row * dim; i < dim; i++) sum += (data[at + i]! - mean[i]!) * direction[i]!;
      result[row] = sum;
    }
    return result;
  };
  const across = (weights: Float64Array) => {
    const result = new Float64Array(dim);
    for (let row = 0; row < count; row++) {
      const weight = weights[row]!;
      for (let i = 0, at = row * dim; i < dim; i++) result[i]! += weight * (data[at + i]! - mean[i]!);
    }
    return result;
  };
  const read = (row: number, target: Float64Array) => {
    for (let i = 0; i < dim; i++) target[i] = data[row * dim + i]! - mean[i]!;
  };
  return { count, dim, total, along, across, read };
}
