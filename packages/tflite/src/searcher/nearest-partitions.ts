import { NearkinError } from '@nearkin/core';
import type { SearcherIndex } from './searcher-index.js';

const { fround } = Math;

/**
 * How many partitions a query searches: the share of them, in 32 bits, rounded up. 7 of 13 becomes 8 that way, because
 * the share does not fit 32 bits.
 */
export function searchedPartitions({ config, partitionOffsets }: SearcherIndex): number {
  const partitions = partitionOffsets.length - 1;
  const { searchFraction = 1 } = config.partitioner ?? {};
  return Math.min(partitions, Math.ceil(fround(partitions * fround(searchFraction))));
}

/**
 * The share that makes devices search so many partitions: one of 32 bits that their rounding up turns into exactly that.
 */
export function searchFractionFor(partitionsToSearch: number, partitions: number): number {
  const share = fround(partitionsToSearch / partitions);
  if (Math.ceil(fround(partitions * share)) === partitionsToSearch) return share;
  return fround((partitionsToSearch - 0.5) / partitions);
}

/**
 * The partitions whose centroids are nearest to a query, nearest first; equal distances: smaller number first. Empty
 * partitions count.
 *
 * @source TensorFlow Lite Support, scann_ondevice/cc/core/partitioner.cc
 */
export function nearestPartitions(
  index: SearcherIndex,
  query: Float32Array,
  { partitionsToSearch }: { partitionsToSearch?: number | undefined } = {},
): number[] {
  const wanted = partitionsToSearch ?? searchedPartitions(index);
  if (!Number.isSafeInteger(wanted) || wanted < 0)
    throw new NearkinError('INVALID_ARGUMENT', `Expected partitionsToSearch to be a whole number, got ${wanted}.`);
  const { leaves, distance = 'squaredL2' } = index.config.partitioner ?? {};
  if (!leaves) return [0];
  const { data, dim, count } = leaves;
  const far = new Float32Array(count);
  for (let leaf = 0; leaf < count; leaf++) {
    let [dot, squares] = [0, 0];
    for (let j = 0; j < dim; j++) {
      const c = data[leaf * dim + j]!;
      dot = fround(dot + fround(c * query[j]!));
      squares = fround(squares + fround(c * c));
    }
    // An unspecified distance is ranked as a dot product, as the device does.
    far[leaf] = distance === 'squaredL2' ? fround(squares - 2 * dot) : -dot;
  }
  return Array.from(far, (_, leaf) => leaf)
    .sort((a, b) => far[a]! - far[b]! || a - b)
    .slice(0, wanted);
}
