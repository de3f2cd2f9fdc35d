import { type Gallery, type JobOptions, throwIfAborted } from '@nearkin/core';
import { backendReady, ScoreMatrix } from '../matching/score-matrix.js';
import { unitRows } from '../matching/unit-rows.js';

const rowsAtATime = 128;

/**
 * Compares every row with every other: O(rows² dim) on the device, a band of rows at a time.
 *
 * @param visit called for each row with its cosines to all rows (its own among them)
 */
export async function scanRows(
  gallery: Gallery,
  visit: (row: number, cosines: Float32Array) => void,
  { signal, onProgress }: JobOptions,
): Promise<void> {
  const { data, dim, count } = unitRows(gallery.vectors);
  await backendReady();
  const rows = Array.from({ length: count }, (_, row) => data.subarray(row * dim, (row + 1) * dim));
  const matrix = new ScoreMatrix(dim, rows);
  try {
    for (let from = 0; from < count; from += rowsAtATime) {
      throwIfAborted(signal);
      const to = Math.min(count, from + rowsAtATime);
      const cosines = await matrix.score(data.subarray(from * dim, to * dim), to - from);
      for (let row = from; row < to; row++)
        visit(row, cosines.subarray((row - from) * count, (row - from + 1) * count));
      onProgress?.({ done: to, total: count, phase: 'compare' });
    }
  } finally {
    matrix.dispose();
  }
}
