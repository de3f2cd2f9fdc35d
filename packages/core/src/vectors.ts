import { NearkinError } from './nearkin-error.js';

/** Row-major vectors: row i is `data[i * dim .. (i + 1) * dim)`. Shape `[count, dim]`. */
export interface Vectors {
  readonly data: Float32Array;
  readonly dim: number;
  readonly count: number;
}

/**
 * Wraps row-major data as vectors, without copying.
 *
 * @param data shape `[count, dim]`; its length must be a multiple of `dim`
 * @throws {NearkinError} `INVALID_ARGUMENT` when `dim` is not a positive integer, `DIMENSION_MISMATCH` when the length does not fit
 */
export function createVectors(data: Float32Array, dim: number): Vectors {
  if (!Number.isSafeInteger(dim) || dim < 1)
    throw new NearkinError('INVALID_ARGUMENT', `Expected a dimension of at least 1, got ${dim}.`, { details: { dim } });
  if (data.length % dim !== 0)
    throw new NearkinError(
      'DIMENSION_MISMATCH',
      `Expected a multiple of ${dim} numbers, got ${data.length}; were the vectors made by another embedder?`,
      { details: { dim, length: data.length } },
    );
  return Object.freeze({ data, dim, count: data.length / dim });
}

/**
 * A view of one row, without copying.
 *
 * @throws {NearkinError} `INVALID_ARGUMENT` when there is no such row
 */
export function vectorAt(vectors: Vectors, row: number): Float32Array {
  if (!Number.isInteger(row) || row < 0 || row >= vectors.count)
    throw new NearkinError('INVALID_ARGUMENT', `Expected a row from 0 to ${vectors.count - 1}, got ${row}.`, {
      details: { row, count: vectors.count },
    });
  return vectors.data.subarray(row * vectors.dim, (row + 1) * vectors.dim);
}

/**
 * Copies the given rows, in the given order; a row may be named several times.
 *
 * @throws {NearkinError} `INVALID_ARGUMENT` when there is no such row
 */
export function selectRows(vectors: Vectors, rows: readonly number[]): Vectors {
  const data = new Float32Array(rows.length * vectors.dim);
  rows.forEach((row, i) => {
    data.set(vectorAt(vectors, row), i * vectors.dim);
  });
  return createVectors(data, vectors.dim);
}

/**
 * Checks that every number is finite.
 *
 * @throws {NearkinError} `NON_FINITE` naming the first bad row and column
 */
export function assertFinite(vectors: Vectors): void {
  const { data, dim } = vectors;
  for (let i = 0; i < data.length; i++) {
    if (Number.isFinite(data[i])) continue;
    const row = Math.floor(i / dim);
    throw new NearkinError(
      'NON_FINITE',
      `Expected finite numbers, got ${data[i]} in row ${row}, column ${i % dim}; is the embedder fed with valid pictures?`,
      { details: { row, column: i % dim } },
    );
  }
}

/**
 * Scales every row to length 1 (Euclidean). Zero rows stay zero. The input is left alone.
 *
 * The length is summed in double precision and scaled by the largest magnitude first, so that
 * neither huge nor tiny values overflow or vanish.
 */
export function l2Normalize(vectors: Vectors): Vectors {
  const { data, dim, count } = vectors;
  const out = new Float32Array(data.length);
  for (let row = 0; row < count; row++) {
    const start = row * dim;
    let largest = 0;
    for (let i = start; i < start + dim; i++) largest = Math.max(largest, Math.abs(data[i]!));
    if (largest === 0) continue;
    let sum = 0;
    for (let i = start; i < start + dim; i++) sum += (data[i]! / largest) ** 2;
    const scale = 1 / Math.sqrt(sum);
    for (let i = start; i < start + dim; i++) out[i] = (data[i]! / largest) * scale;
  }
  return createVectors(out, dim);
}
