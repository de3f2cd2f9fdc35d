import type { Vectors } from '@nearkin/core';
import type { IndexState } from '../state/index-state.js';
import { queryBytes, writeQueries } from './run-search.js';

/** How many partitions are searched: at most, how far behind the best one, and on average. */
export interface Width {
  readonly partitionsToSearch: number;
  readonly partitionGap?: number;
  readonly mean: number;
}

/** A query may look into so many times the partitions that the average one does. */
const most = 4;

/**
 * For each average number of partitions the gap that gives it on these (prepared) queries.
 *
 * A query whose nearest centroid stands alone has its neighbours there; one between many centroids has them all around.
 * A gap spends the same number of partitions where they find more than a fixed count does.
 */
export function adaptiveWidths(state: IndexState, queries: Vectors, means: readonly number[]): Width[] {
  const { partitions } = state.header;
  const behind = ranksBehind(state, queries);
  return means.map((mean) => {
    if (mean >= partitions || behind.length === 0) return { partitionsToSearch: mean, mean };
    const partitionsToSearch = Math.min(partitions, most * mean);
    const average = (gap: number) =>
      behind.reduce((sum, list) => sum + Math.min(partitionsToSearch, within(list, gap)), 0) / behind.length;
    let [low, high] = [0, Math.max(...behind.map((list) => list.at(-1)!))];
    for (let step = 0; step < 30; step++) {
      const middle = (low + high) / 2;
      if (average(middle) < mean) low = middle;
      else high = middle;
    }
    const partitionGap = Number(high.toPrecision(4));
    return { partitionsToSearch, partitionGap, mean: average(partitionGap) };
  });
}

/** How far behind the best partition each one ranks, rising, for every query. */
function ranksBehind(state: IndexState, queries: Vectors): Float64Array[] {
  const { kernels, header, descriptor } = state;
  const { memory } = kernels;
  const { partitions, metric } = header;
  const query = memory.allocate(queryBytes(state));
  const probes = memory.allocate(16 * partitions);
  const scratch = memory.allocate(kernels.scratchBytes(descriptor, partitions, 1));
  try {
    return Array.from({ length: queries.count }, (_, q) => {
      writeQueries(state, queries, { first: q, n: 1, to: query });
      const found = kernels.selectPartitions(descriptor, query, partitions, Number.POSITIVE_INFINITY, probes, scratch);
      const ranks = memory.f32(probes, 4 * found);
      const numbers = queries.data.subarray(q * queries.dim, (q + 1) * queries.dim);
      const unit = metric === 'squaredL2' ? 1 : Math.hypot(...numbers) || 1;
      return Float64Array.from({ length: found }, (_, i) => (ranks[3]! - ranks[4 * i + 3]!) / unit);
    }).filter((list) => list.length > 0);
  } finally {
    for (const offset of [query, probes, scratch]) memory.free(offset);
  }
}

/** How many of a rising list are at most `gap`. */
function within(list: Float64Array, gap: number): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle]! <= gap) low = middle + 1;
    else high = middle;
  }
  return low;
}
