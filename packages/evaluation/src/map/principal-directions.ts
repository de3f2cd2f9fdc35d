import { createRng } from '@nearkin/core';
import type { CentredRows, Operator } from './centred-rows.js';
import { type EigenPair, largestEigenpair } from './largest-eigenpair.js';

/** A side of the rows up to this long gets its matrix formed: some hundred products with it are then cheap. */
const formedUpTo = 512;

/**
 * Eigenvectors of X^T X for centred rows X, largest first: from the matrix of the shorter side where that is short
 * (X X^T has the same eigenvalues, and X^T takes its vectors to those wanted), else by products with the rows.
 *
 * @returns `wanted` pairs, fewer when the rows vary in fewer directions
 */
export function principalDirections(
  rows: CentredRows,
  options: { wanted: number; signal?: AbortSignal | undefined },
): EigenPair[] {
  const { count, dim, total } = rows;
  const isWide = count < dim && count <= formedUpTo;
  const search = { dim: isWide ? count : dim, rng: createRng(1), negligible: total * 1e-13, signal: options.signal };
  const operator = isWide
    ? matrixOperator(gramMatrix(rows), count)
    : dim <= formedUpTo && count > dim
      ? matrixOperator(scatterMatrix(rows), dim)
      : (vector: Float64Array) => rows.across(rows.along(vector));
  const found: EigenPair[] = [];
  while (found.length < Math.min(options.wanted, search.dim)) {
    const pair = largestEigenpair(operator, { ...search, found });
    if (!pair) break;
    found.push(pair);
  }
  if (!isWide) return found;
  return found.map(({ value, vector }) => {
    const direction = rows.across(vector);
    const length = Math.sqrt(direction.reduce((sum, x) => sum + x * x, 0));
    return { value, vector: direction.map((x) => x / length) };
  });
}

/** X^T X. */
function scatterMatrix(rows: CentredRows): Float64Array {
  const { count, dim } = rows;
  const matrix = new Float64Array(dim * dim);
  const row = new Float64Array(dim);
  for (let r = 0; r < count; r++) {
    rows.read(r, row);
    for (let i = 0; i < dim; i++) {
      const weight = row[i]!;
      for (let j = i, at = i * dim; j < dim; j++) matrix[at + j]! += weight * row[j]!;
    }
  }
  return mirror(matrix, dim);
}

/** X X^T. */
function gramMatrix(rows: CentredRows): Float64Array {
  const { count, dim } = rows;
  const matrix = new Float64Array(count * count);
  const row = new Float64Array(dim);
  for (let r = 0; r < count; r++) {
    rows.read(r, row);
    matrix.set(rows.along(row).subarray(r), r * count + r);
  }
  return mirror(matrix, count);
}

/** Copies the upper half of a square matrix to the lower. */
function mirror(matrix: Float64Array, size: number): Float64Array {
  for (let i = 0; i < size; i++) for (let j = 0; j < i; j++) matrix[i * size + j] = matrix[j * size + i]!;
  return matrix;
}

function matrixOperator(matrix: Float64Array, size: number): Operator {
  return (vector) => {
    const result = new Float64Array(size);
    for (let i = 0; i < size; i++) {
      let sum = 0;
      for (let j = 0, at = i * size; j < size; j++) sum += matrix[at + j]! * vector[j]!;
      result[i] = sum;
    }
    return result;
  };
}
