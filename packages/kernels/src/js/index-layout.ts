import { readDescriptor, type SearchDescriptor } from '../search-descriptor.js';
import type { Heap } from './heap.js';

/** A partition that a query looks into. */
export interface Probe {
  readonly partition: number;
  /** Number of its first row. */
  readonly base: number;
  readonly dot: number;
}

/** Offsets of what a partition holds, and its number of rows. */
export interface PartitionParts {
  readonly codes: number;
  readonly bias: number;
  readonly int8: number;
  readonly scales: number;
  readonly rows: number;
  readonly norms: number;
  readonly ids: number;
  readonly n: number;
}

export const up = (bytes: number) => Math.ceil(bytes / 64) * 64;

export function descriptorAt(heap: Heap, offset: number): SearchDescriptor {
  return readDescriptor(heap.u32, offset);
}

export function partitionOf(heap: Heap, index: SearchDescriptor, number: number): PartitionParts {
  const [codes, bias, int8, scales, rows, norms, ids, n] = heap.u32.subarray(
    (index.table >>> 2) + 8 * number,
    (index.table >>> 2) + 8 * number + 8,
  ) as unknown as [number, number, number, number, number, number, number, number];
  return { codes, bias, int8, scales, rows, norms, ids, n };
}

export function readProbes(heap: Heap, probes: number, count: number): Probe[] {
  return Array.from({ length: count }, (_, i) => {
    const at = (probes >>> 2) + 4 * i;
    return { partition: heap.u32[at]!, base: heap.u32[at + 1]!, dot: heap.f32[at + 2]! };
  });
}
