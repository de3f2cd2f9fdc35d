import type { KernelFunctions } from '../kernel-functions.js';
import type { Heap } from './heap.js';

const { fround } = Math;

export function assign(heap: Heap): Pick<KernelFunctions, 'assign'> {
  return {
    assign(x, n, stride, panels, bias, k, outIndex, outScore) {
      const { f32, i32 } = heap;
      const sums = new Float32Array(8);
      for (let row = 0; row < n; row++) {
        let score = Number.NEGATIVE_INFINITY;
        let column = 0;
        for (let first = 0; first < k; first += 8) {
          for (let lane = 0; lane < 8; lane++) sums[lane] = f32[(bias >>> 2) + first + lane]!;
          let c = (panels >>> 2) + first * stride;
          for (let p = 0; p < stride; p++, c += 8) {
            const value = f32[(x >>> 2) + row * stride + p]!;
            for (let lane = 0; lane < 8; lane++) sums[lane] = sums[lane]! + fround(f32[c + lane]! * value);
          }
          for (let lane = 0; lane < 8; lane++) {
            if (sums[lane]! <= score) continue;
            score = sums[lane]!;
            column = first + lane;
          }
        }
        i32[(outIndex >>> 2) + row] = column;
        f32[(outScore >>> 2) + row] = score;
      }
    },
  };
}
