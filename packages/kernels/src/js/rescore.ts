import type { KernelFunctions } from '../kernel-functions.js';
import type { SearchDescriptor } from '../search-descriptor.js';
import type { Heap } from './heap.js';
import { descriptorAt, type Probe, partitionOf, readProbes } from './index-layout.js';
import { dotI8, quantizeQuery, squaredScore } from './int8.js';
import { scoreF32 } from './scan-f32.js';
import { topKPush } from './top-k.js';

const { fround } = Math;

/** Twin of assembly/rescore.ts. */
export function rescore(heap: Heap): Pick<KernelFunctions, 'rescore' | 'rescoreBytes'> {
  return {
    rescoreBytes: (offset) => 2 * descriptorAt(heap, offset).strideI8,
    rescore(offset, query, probes, count, numbers, n, top, scratch) {
      rescoreList(heap, descriptorAt(heap, offset), query, {
        probes: readProbes(heap, probes, count),
        numbers: [...heap.u32.subarray(numbers >>> 2, (numbers >>> 2) + n)],
        top,
        scratch,
      });
    },
  };
}

/** Scores numbered rows by the finest rows that are kept, into `top` by id. */
export function rescoreList(
  heap: Heap,
  index: SearchDescriptor,
  query: number,
  list: { probes: readonly Probe[]; numbers: readonly number[]; top: number; scratch: number },
): void {
  const { f32, u32 } = heap;
  const { probes, numbers, top, scratch } = list;
  const kind = index.reorder !== 0 ? index.reorder : index.codes === 0 ? 3 : 1;
  const unit = kind === 1 ? quantizeQuery(heap, query, index.stride, scratch, index.strideI8) : 0;
  const norm = index.squared ? scoreF32(f32, query >>> 2, query >>> 2, index.stride, false) : 0;
  for (const number of numbers) {
    const probe = probes.findLast(({ base }) => base <= number)!;
    const p = partitionOf(heap, index, probe.partition);
    const slot = number - probe.base;
    let score: number;
    if (kind === 1) {
      const dot = fround(dotI8(heap, scratch, p.int8 + slot * index.strideI8, index.strideI8));
      score = fround(dot * fround(f32[(p.scales >>> 2) + slot]! * unit));
      if (index.squared) score = squaredScore(score, f32[(p.norms >>> 2) + slot]!, norm);
    } else if (kind === 2) score = scoreBf16(heap, query, p.rows + 2 * slot * index.strideBf16, index);
    else score = scoreF32(f32, query >>> 2, (p.rows >>> 2) + slot * index.stride, index.stride, index.squared);
    topKPush(heap, top, score, u32[(p.ids >>> 2) + slot]!);
  }
}

/** Rows of upper halves of floats, in the order of the SIMD lanes: eight sums, folded 4 + 4, then 2 + 2. */
function scoreBf16(heap: Heap, query: number, row: number, index: SearchDescriptor): number {
  const sums = new Float32Array(8);
  const { f32, u16 } = heap;
  const asFloat = new Float32Array(1);
  const asBits = new Uint32Array(asFloat.buffer);
  for (let j = 0; j < index.strideBf16; j++) {
    asBits[0] = u16[(row >>> 1) + j]! << 16;
    const q = f32[(query >>> 2) + j]!;
    const difference = fround(q - asFloat[0]!);
    const term = index.squared ? fround(difference * difference) : fround(asFloat[0]! * q);
    sums[j % 8] = sums[j % 8]! + term;
  }
  const [a, b, c, d] = [0, 1, 2, 3].map((lane) => fround(sums[lane]! + sums[lane + 4]!)) as [
    number,
    number,
    number,
    number,
  ];
  const sum = fround(fround(a + c) + fround(b + d));
  return index.squared ? -sum : sum;
}
