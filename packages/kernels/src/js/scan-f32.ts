import type { KernelFunctions } from '../kernel-functions.js';
import type { Heap } from './heap.js';
import { passes, topKPush } from './top-k.js';

const { fround } = Math;

/** Dot product, or minus the squared distance, summed in the order of the SIMD lanes. Indices count floats. */
export function scoreF32(f32: Float32Array, query: number, row: number, stride: number, squared: boolean): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  if (squared) {
    for (let j = 0; j < stride; j += 4) {
      const d0 = fround(f32[query + j]! - f32[row + j]!);
      const d1 = fround(f32[query + j + 1]! - f32[row + j + 1]!);
      const d2 = fround(f32[query + j + 2]! - f32[row + j + 2]!);
      const d3 = fround(f32[query + j + 3]! - f32[row + j + 3]!);
      s0 = fround(s0 + fround(d0 * d0));
      s1 = fround(s1 + fround(d1 * d1));
      s2 = fround(s2 + fround(d2 * d2));
      s3 = fround(s3 + fround(d3 * d3));
    }
  } else {
    for (let j = 0; j < stride; j += 4) {
      s0 = fround(s0 + fround(f32[query + j]! * f32[row + j]!));
      s1 = fround(s1 + fround(f32[query + j + 1]! * f32[row + j + 1]!));
      s2 = fround(s2 + fround(f32[query + j + 2]! * f32[row + j + 2]!));
      s3 = fround(s3 + fround(f32[query + j + 3]! * f32[row + j + 3]!));
    }
  }
  const sum = fround(fround(s0 + s2) + fround(s1 + s3));
  return squared ? -sum : sum;
}

export function scanF32(heap: Heap): Pick<KernelFunctions, 'dotF32' | 'scanF32'> {
  return {
    dotF32(query, rows, n, stride, out) {
      for (let row = 0; row < n; row++)
        heap.f32[(out >>> 2) + row] = scoreF32(heap.f32, query >>> 2, (rows >>> 2) + row * stride, stride, false);
    },
    scanF32(queries, queryCount, rows, n, stride, ids, base, mask, exclude, tops, topBytes, squared) {
      const { f32, u32 } = heap;
      for (let query = 0; query < queryCount; query++) {
        const top = tops + query * topBytes;
        const skip = exclude ? u32[(exclude >>> 2) + query]! : 0xffffffff;
        for (let row = 0; row < n; row++) {
          const score = scoreF32(
            f32,
            (queries >>> 2) + query * stride,
            (rows >>> 2) + row * stride,
            stride,
            squared !== 0,
          );
          if (!(score >= f32[(top >>> 2) + 2]!)) continue;
          const id = ids ? u32[(ids >>> 2) + row]! : base + row;
          if (id !== skip && passes(heap, mask, id)) topKPush(heap, top, score, id);
        }
      }
    },
  };
}
