import { type JobOptions, selectRows, throwIfAborted, type Vectors } from '@nearkin/core';
import { descriptorBytes, writeDescriptor } from '@nearkin/kernels';
import { describe, type IndexState } from '../state/index-state.js';
import { appendRows, copyPadded } from './encode-rows.js';

/** Stands for no second partition. */
export const noPartition = 0xffffffff;

const rowsAtATime = 256;
/** Nearest partitions that are looked at first; hardly any row needs more. */
const firstLook = 32;
/** Below this squared length a residual has no direction. */
const shortest = 1e-7;
/** How far sums of single precision may put partitions out of order. */
const slack = 1.001;

/**
 * Finds the second partition of every (prepared) row by SOAR: the c' with the least |x - c'|^2 + lambda ((x - c') . r)^2,
 * r the direction of the row's residual to its first partition. Where that is the first partition, the row has no copy.
 *
 * @param options.assigned the first partition of each row
 * @returns u32, one a row, {@link noPartition} for none; empty for an index without SOAR
 * @source Sun et al., "SOAR: Improved Indexing for Approximate Nearest Neighbor Search" (NeurIPS 2023), section 3
 */
export function assignCopies(
  state: IndexState,
  vectors: Vectors,
  { assigned, signal, onProgress }: { readonly assigned: Uint32Array } & JobOptions,
): Uint32Array {
  const { kernels, stride, header } = state;
  const { soar: lambda, partitions } = header;
  const copies = new Uint32Array(lambda === undefined ? 0 : vectors.count).fill(noPartition);
  if (lambda === undefined || partitions < 2) return copies;
  const { memory } = kernels;
  const some = Math.min(rowsAtATime, vectors.count);
  const descriptor = memory.allocate(descriptorBytes);
  const x = memory.allocate(4 * stride * (some + 4));
  const probes = memory.allocate(16 * partitions);
  writeDescriptor(memory, descriptor, { ...describe(state), centroidBias: state.panelBias });
  const scratch = memory.allocate(kernels.scratchBytes(descriptor, partitions, 1));
  const nearest = (row: number, count: number): Uint32Array => {
    const found = kernels.selectPartitions(descriptor, x + 4 * stride * row, count, Infinity, probes, scratch);
    const words = memory.u32(probes, 4 * found);
    return Uint32Array.from({ length: found }, (_, i) => words[4 * i]!);
  };
  try {
    for (let first = 0; first < vectors.count; first += some) {
      throwIfAborted(signal);
      const n = Math.min(some, vectors.count - first);
      copyPadded(state, vectors, { first, n, to: x });
      const centroids = memory.f32(state.centroids, partitions * stride);
      for (let i = 0; i < n; i++) {
        const row = vectors.data.subarray((first + i) * vectors.dim, (first + i + 1) * vectors.dim);
        const best = secondPartition(row, {
          centroids,
          stride,
          primary: assigned[first + i]!,
          lambda,
          partitions,
          nearest: (count) => nearest(i, count),
        });
        if (best !== assigned[first + i]) copies[first + i] = best;
      }
      onProgress?.({ done: first + n, total: vectors.count, phase: 'spill' });
    }
  } finally {
    for (const offset of [descriptor, x, probes, scratch]) memory.free(offset);
  }
  return copies;
}

interface Choice {
  readonly centroids: Float32Array;
  readonly stride: number;
  readonly primary: number;
  readonly lambda: number;
  readonly partitions: number;
  /** The nearest partitions, nearest first. */
  nearest(count: number): Uint32Array;
}

/** The loss is never below the squared distance: partitions farther than the best loss need no look. */
function secondPartition(
  row: Float32Array,
  { centroids, stride, primary, lambda, partitions, nearest }: Choice,
): number {
  const dim = row.length;
  const residual = new Float64Array(dim);
  let squares = 0;
  for (let j = 0; j < dim; j++) {
    residual[j] = row[j]! - centroids[primary * stride + j]!;
    squares += residual[j]! ** 2;
  }
  const along = squares < shortest ? 0 : lambda / squares;
  let [best, least] = [primary, squares + along * squares * squares];
  for (let look = Math.min(partitions, firstLook), seen = 0; ; look = Math.min(partitions, 4 * look)) {
    const list = nearest(look);
    for (; seen < list.length; seen++) {
      const p = list[seen]!;
      if (p === primary) continue;
      let [distance, dot] = [0, 0];
      for (let j = 0, at = p * stride; j < dim; j++, at++) {
        const difference = row[j]! - centroids[at]!;
        distance += difference * difference;
        dot += difference * residual[j]!;
      }
      if (distance > least * slack) return best;
      const loss = distance + along * dot * dot;
      if (loss < least || (loss === least && p < best)) [best, least] = [p, loss];
    }
    if (look === partitions) return best;
  }
}

/** Encodes rows once more, for their second partitions. */
export function appendCopies(
  state: IndexState,
  vectors: Vectors,
  { rows, copies, ...job }: { readonly rows: readonly number[]; readonly copies: Uint32Array } & JobOptions,
): void {
  const kept: number[] = [];
  copies.forEach((partition, i) => {
    if (partition !== noPartition) kept.push(i);
  });
  if (kept.length === 0) return;
  appendRows(state, selectRows(vectors, kept), {
    rows: kept.map((i) => rows[i]!),
    assigned: Uint32Array.from(kept, (i) => copies[i]!),
    copies: true,
    ...job,
  });
}
