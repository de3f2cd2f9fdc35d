import type { KernelFunctions } from '../kernel-functions.js';
import type { SearchDescriptor } from '../search-descriptor.js';
import type { Heap } from './heap.js';
import { descriptorAt, partitionOf, up } from './index-layout.js';
import { nearest } from './int8.js';
import { scoreF32 } from './scan-f32.js';
import { topKPush, topKReset, topKTake } from './top-k.js';

const { fround } = Math;

/** Twin of assembly/select-partitions.ts. */
export function selectPartitions(heap: Heap): Pick<KernelFunctions, 'selectPartitions'> {
  return {
    selectPartitions(offset, query, count, gap, probes, scratch) {
      const index = descriptorAt(heap, offset);
      const { f32, u32 } = heap;
      const chosen: { partition: number; dot: number; rank: number }[] = [];
      if (index.centroids === 0)
        for (let partition = 0; partition < index.partitions; partition++) chosen.push({ partition, dot: 0, rank: 0 });
      else {
        const top = scratch;
        const ids = top + up(16 + 8 * count);
        topKReset(heap, top, count);
        const dots = centroidDots(heap, index, query);
        for (let p = 0; p < index.partitions; p++) {
          topKPush(heap, top, fround(dots[p]! + f32[(index.centroidBias >>> 2) + p]!), p);
        }
        const found = topKTake(heap, top, ids, ids + up(4 * count));
        for (let i = 0; i < found; i++) {
          const partition = u32[(ids >>> 2) + i]!;
          chosen.push({ partition, dot: dots[partition]!, rank: f32[((ids + up(4 * count)) >>> 2) + i]! });
        }
      }
      if (gap < Number.POSITIVE_INFINITY && index.centroids !== 0 && chosen.length > 1) {
        const at = query >>> 2;
        const length = index.squared ? 1 : fround(Math.sqrt(scoreF32(f32, at, at, index.stride, false)));
        const limit = fround(chosen[0]!.rank - fround(fround(gap) * length));
        while (chosen.length > 1 && chosen.at(-1)!.rank < limit) chosen.pop();
      }
      let base = 0;
      chosen.forEach(({ partition, dot, rank }, i) => {
        const at = (probes >>> 2) + 4 * i;
        u32[at] = partition;
        u32[at + 1] = base;
        f32[at + 2] = dot;
        f32[at + 3] = rank;
        base += partitionOf(heap, index, partition).n;
      });
      return chosen.length;
    },
  };
}

/** Query . centroid for every partition: whole numbers where the index has its centroids in 16 bits. */
function centroidDots(heap: Heap, index: SearchDescriptor, query: number): Float32Array {
  const { f32, i16 } = heap;
  const { stride, strideI16, centroidCodes, partitions } = index;
  const dots = new Float32Array(partitions);
  if (centroidCodes === 0) {
    for (let p = 0; p < partitions; p++)
      dots[p] = scoreF32(f32, query >>> 2, (index.centroids >>> 2) + p * stride, stride, false);
    return dots;
  }
  const { numbers, unit } = quantizeQuery16(heap, query, stride);
  const units = fround(unit * index.centroidUnit);
  const shared = scoreF32(f32, query >>> 2, index.centroidMean >>> 2, stride, false);
  for (let p = 0; p < partitions; p++) {
    const row = (centroidCodes >>> 1) + p * strideI16;
    let dot = 0;
    for (let j = 0; j < stride; j++) dot += numbers[j]! * i16[row + j]!;
    dots[p] = fround(fround(fround(dot) * units) + shared);
  }
  return dots;
}

/** A query in whole numbers, its length 32,000; the order of the sum is that of the SIMD lanes. */
function quantizeQuery16(heap: Heap, query: number, stride: number): { numbers: Int16Array; unit: number } {
  const { f32 } = heap;
  const numbers = new Int16Array(stride);
  let most = 0;
  for (let j = 0; j < stride; j++) most = Math.max(most, Math.abs(f32[(query >>> 2) + j]!));
  if (!(most > 0)) return { numbers, unit: 0 };
  const squares = new Float32Array(4);
  const share = (j: number) => fround(f32[(query >>> 2) + j]! / most);
  for (let j = 0; j < stride; j++) squares[j % 4] = squares[j % 4]! + fround(share(j) * share(j));
  const [a, b, c, d] = squares as unknown as [number, number, number, number];
  const length = fround(Math.sqrt(fround(fround(a + c) + fround(b + d))));
  const scale = fround(32000 / length);
  for (let j = 0; j < stride; j++) numbers[j] = nearest(fround(share(j) * scale));
  return { numbers, unit: fround(most * fround(length / 32000)) };
}
