import type { KernelFunctions } from '../kernel-functions.js';
import type { Heap } from './heap.js';
import { passes, topKPush } from './top-k.js';

const { fround } = Math;
const magic = 12582912; // 1.5 * 2^23: adding and taking away rounds a float32 to a whole number, half to even

/** Rounds as f32.nearest does; exact for numbers below 2^22. */
export function nearest(x: number): number {
  return fround(fround(x + magic) - magic);
}

export function int8(heap: Heap): Pick<KernelFunctions, 'quantizeI8'> {
  return {
    quantizeI8(x, n, strideF32, out, strideI8, scales) {
      const { f32, i8 } = heap;
      for (let row = 0; row < n; row++) {
        const from = (x >>> 2) + row * strideF32;
        const to = out + row * strideI8;
        let most = 0;
        for (let j = 0; j < strideF32; j++) most = Math.max(most, Math.abs(f32[from + j]!));
        const inverse = most > 0 ? fround(127 / most) : 0;
        f32[(scales >>> 2) + row] = most / 127;
        for (let j = 0; j < strideI8; j++) i8[to + j] = j < strideF32 ? nearest(fround(f32[from + j]! * inverse)) : 0;
      }
    },
  };
}

/** A query to int16, as fine as fits; returns what a unit stands for. */
export function quantizeQuery(heap: Heap, query: number, strideF32: number, out: number, strideI8: number): number {
  const { f32, i16 } = heap;
  let most = 0;
  const sums = new Float32Array(4); // in the order of the SIMD lanes
  for (let j = 0; j < strideF32; j++) {
    const size = Math.abs(f32[(query >>> 2) + j]!);
    most = Math.max(most, size);
    sums[j % 4] = sums[j % 4]! + size;
  }
  const sum = fround(fround(sums[0]! + sums[2]!) + fround(sums[1]! + sums[3]!));
  const inverse = most > 0 ? Math.min(fround(16383 / most), fround(16000000 / sum)) : 0;
  for (let j = 0; j < strideI8; j++)
    i16[(out >>> 1) + j] = j < strideF32 ? nearest(fround(f32[(query >>> 2) + j]! * inverse)) : 0;
  return most > 0 ? fround(1 / inverse) : 0;
}

export function dotI8(heap: Heap, query: number, row: number, stride: number): number {
  const { i16, i8 } = heap;
  let sum = 0;
  for (let j = 0; j < stride; j++) sum += i16[(query >>> 1) + j]! * i8[row + j]!;
  return sum;
}

/** 2 dot - norm - query norm, in the order of the SIMD build. */
export function squaredScore(dot: number, norm: number, queryNorm: number): number {
  return fround(fround(fround(dot + dot) - norm) - queryNorm);
}

export interface Int8Scan {
  readonly query: number;
  readonly unit: number;
  readonly rows: number;
  readonly scales: number;
  readonly norms: number;
  readonly queryNorm: number;
  readonly n: number;
  readonly stride: number;
  readonly ids: number;
  readonly numbered: boolean;
  readonly base: number;
  readonly mask: number;
  readonly top: number;
}

export function scanI8(heap: Heap, scan: Int8Scan): void {
  const { f32, u32 } = heap;
  const { query, unit, rows, scales, norms, n, stride, ids, top } = scan;
  for (let row = 0; row < n; row++) {
    const dot = fround(dotI8(heap, query, rows + row * stride, stride));
    let score = fround(dot * fround(f32[(scales >>> 2) + row]! * unit));
    if (norms) score = squaredScore(score, f32[(norms >>> 2) + row]!, scan.queryNorm);
    if (!(score >= f32[(top >>> 2) + 2]!)) continue;
    const id = u32[(ids >>> 2) + row]!;
    if (passes(heap, scan.mask, id)) topKPush(heap, top, score, scan.numbered ? scan.base + row : id);
  }
}
