import type { IndexKind } from '../state/index-header.js';

const l1Bytes = 32_768;

/** The kind for so many rows: exact while that is fast, int8 while that is, partitions for the rest. */
export function autoKind(count: number): IndexKind {
  if (count <= 20_000) return 'flat';
  return count <= 100_000 ? 'flatInt8' : 'partitioned';
}

/**
 * Partitions for so many rows: the square root, beyond 100,000 rows at least so many that one fits the L1 cache as
 * 4-bit codes (ScaNN's autopilot: max(4 L1 / dim, 200) rows).
 */
export function autoPartitions(count: number, dim: number): number {
  const root = Math.round(Math.sqrt(count));
  if (count <= 100_000) return Math.max(1, root);
  return Math.max(root, Math.ceil(count / Math.max(Math.ceil((4 * l1Bytes) / dim), 200)));
}

/** ScaNN's autopilot: 42 partitions, doubled for every tenfold beyond 42. What is searched when nothing was tuned. */
export function autoPartitionsToSearch(partitions: number): number {
  if (partitions <= 42) return partitions;
  return Math.min(partitions, Math.ceil(42 * 2 ** Math.log10(partitions / 42)));
}

/** Dimensions that share a 4-bit code. */
export function autoDimensionsPerBlock(dim: number): number {
  if (dim <= 128) return Math.min(2, dim);
  return dim <= 384 ? 3 : 4;
}
