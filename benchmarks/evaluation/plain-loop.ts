import type { Vectors } from '@nearkin/core';

/** What one would write at first: every pair, one sum, and a sorted list of the k best. */
export function plainLoop(queries: Vectors, gallery: Vectors, k: number): Int32Array {
  const { dim } = queries;
  const found = new Int32Array(queries.count * k).fill(-1);
  for (let q = 0; q < queries.count; q++) {
    const scores: number[] = [];
    const rows: number[] = [];
    for (let row = 0; row < gallery.count; row++) {
      let score = 0;
      for (let i = 0; i < dim; i++) score += queries.data[q * dim + i]! * gallery.data[row * dim + i]!;
      if (scores.length === k && score <= scores[k - 1]!) continue;
      let at = scores.length === k ? k - 1 : scores.length;
      while (at > 0 && scores[at - 1]! < score) {
        scores[at] = scores[at - 1]!;
        rows[at] = rows[at - 1]!;
        at--;
      }
      scores[at] = score;
      rows[at] = row;
    }
    found.set(rows, q * k);
  }
  return found;
}
