import type { Vectors } from '@nearkin/core';

/** A symmetric matrix, known by what it does to a vector. */
export type Operator = (vector: Float64Array) => Float64Array;

/** Rows less their mean, without a copy of them: products take the mean out afterwards, in double precision. */
export interface CentredRows {
  /** Sum of squared distances from the mean. */
  readonly total: number;
  /** How far each row lies along a direction. */
  along(direction: Float64Array): Float64Array;
  /** X^T X v, for the centred rows X. */
  readonly scatter: Operator;
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
  const product = (vector: Float64Array) => {
    const weights = along(vector);
    const result = new Float64Array(dim);
    for (let row = 0; row < count; row++) {
      const weight = weights[row]!;
      for (let i = 0, at = row * dim; i < dim; i++) result[i]! += weight * (data[at + i]! - mean[i]!);
    }
    return result;
  };
  // Some hundred products are needed: for many short rows the matrix is cheaper than going through the rows each time.
  const scatter = dim <= formedUpTo && count > dim ? matrixOperator(scatterMatrix(vectors, mean), dim) : product;
  return { total, along, scatter };
}

const formedUpTo = 512;

/** Upper half of X^T X for the centred rows X, mirrored. */
function scatterMatrix({ data, dim, count }: Vectors, mean: Float64Array): Float64Array {
  const matrix = new Float64Array(dim * dim);
  const row = new Float64Array(dim);
  for (let r = 0; r < count; r++) {
    for (let i = 0; i < dim; i++) row[i] = data[r * dim + i]! - mean[i]!;
    for (let i = 0; i < dim; i++) {
      const weight = row[i]!;
      for (let j = i, at = i * dim; j < dim; j++) matrix[at + j]! += weight * row[j]!;
    }
  }
  for (let i = 0; i < dim; i++) for (let j = 0; j < i; j++) matrix[i * dim + j] = matrix[j * dim + i]!;
  return matrix;
}

function matrixOperator(matrix: Float64Array, dim: number): Operator {
  return (vector) =>
    Float64Array.from({ length: dim }, (_, i) => {
      let sum = 0;
      for (let j = 0, at = i * dim; j < dim; j++) sum += matrix[at + j]! * vector[j]!;
      return sum;
    });
}
