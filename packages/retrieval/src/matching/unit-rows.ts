import { createVectors, l2Normalize, type Vectors, vectorAt } from '@nearkin/core';

/** Rounding a unit row to float32 moves its squared length by less than this. */
const roundingSlack = 2.5e-7;

/**
 * Rows of length 1; zero rows stay zero. A row that has length 1 already keeps its bits, so that normalising what was
 * normalised before (a saved gallery, a gallery given back) changes nothing.
 */
export function unitRows(vectors: Vectors): Vectors {
  const { data, dim, count } = vectors;
  const out = l2Normalize(vectors).data;
  for (let row = 0; row < count; row++) {
    let squares = 0;
    for (let i = row * dim; i < (row + 1) * dim; i++) squares += data[i]! * data[i]!;
    if (Math.abs(squares - 1) < roundingSlack) out.set(vectorAt(vectors, row), row * dim);
  }
  return createVectors(out, dim);
}

/** The mean of unit rows, scaled to length 1; zero when they cancel out. Summed in double precision, in order. */
export function prototypeOf(rows: readonly Float32Array[], dim: number): Float32Array {
  const total = new Float64Array(dim);
  for (const row of rows) for (let i = 0; i < dim; i++) total[i]! += row[i]!;
  let squares = 0;
  for (const value of total) squares += value * value;
  // Opposite rows leave rounding noise that would be blown up to a direction.
  if (squares < (1e-6 * rows.length) ** 2) return new Float32Array(dim);
  const scale = 1 / Math.sqrt(squares);
  return Float32Array.from(total, (value) => value * scale);
}
