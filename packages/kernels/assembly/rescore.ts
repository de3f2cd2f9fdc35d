// Scoring candidates again by the finest rows that are kept, four at a time.
import {
  codeKind, F32, findProbe, partition, reorderKind, squared, stride, strideBf16, strideI8, up,
} from './index-layout';
import { quantizeQuery } from './int8';
import { scoreF32 } from './scan-f32';
import { madd, sum4F32, sum4I32 } from './simd';
import { topKPush, topKThreshold } from './top-k';

/** Candidates that are looked up before they are scored. */
const TOGETHER: i32 = 64;

/** Scratch of {@link rescore}: addresses and ids of some candidates, and the query in whole numbers. */
export function rescoreBytes(index: usize): usize {
  return 12 * TOGETHER + 64 + up(<usize>strideI8(index) << 1);
}

/**
 * Scores the numbered rows by the finest rows that are kept, into `top` by id.
 *
 * Where the rows are is found first, and each is touched, so that the memory fetches them side by side: one after
 * another they would be waited for. `scratch`: {@link rescoreBytes}.
 */
export function rescore(
  index: usize, query: usize, probes: usize, count: i32, numbers: usize, n: i32, top: usize, scratch: usize,
): void {
  const kind = reorderKind(index) != 0 ? reorderKind(index) : codeKind(index) == F32 ? 3 : 1;
  const l2 = squared(index);
  const rows = scratch;
  const slots = rows + (TOGETHER << 2);
  const partitions = slots + (TOGETHER << 2);
  const codes = up(partitions + (TOGETHER << 2) + 4);
  let unit: f32 = 0;
  let norm: f32 = 0;
  if (kind == 1) {
    unit = quantizeQuery(query, stride(index), codes, strideI8(index));
    if (l2) norm = scoreF32(query, query, stride(index), false);
  }
  const word: usize = kind == 1 ? 8 : 16;
  const rowBytes: usize = kind == 1 ? strideI8(index) : kind == 2 ? <usize>strideBf16(index) << 1 : <usize>stride(index) << 2;
  for (let start = 0; start < n; start += TOGETHER) {
    const some = min(TOGETHER, n - start);
    locate(index, probes, count, numbers + (<usize>start << 2), some, word, rowBytes, rows);
    for (let i = 0; i < some; i += 4) {
      const at = <usize>i << 2;
      // Past the last, the last again: its score is not used.
      const second = <usize>min(i + 1, some - 1) << 2;
      const third = <usize>min(i + 2, some - 1) << 2;
      const fourth = <usize>min(i + 3, some - 1) << 2;
      const p0 = load<u32>(rows + at);
      const p1 = load<u32>(rows + second);
      const p2 = load<u32>(rows + third);
      const p3 = load<u32>(rows + fourth);
      let scores: v128;
      if (kind == 1) {
        scores = f32x4.mul(
          f32x4.convert_i32x4_s(dots4(codes, p0, p1, p2, p3, strideI8(index))),
          f32x4.mul(four(partitions, slots, at, second, third, fourth, 12), f32x4.splat(unit)),
        );
        if (l2)
          scores = f32x4.sub(
            f32x4.sub(f32x4.add(scores, scores), four(partitions, slots, at, second, third, fourth, 20)),
            f32x4.splat(norm),
          );
      } else if (kind == 2)
        scores = l2
          ? bf16Scores(query, p0, p1, p2, p3, strideBf16(index), true)
          : bf16Scores(query, p0, p1, p2, p3, strideBf16(index), false);
      else
        scores = l2
          ? f32Scores(query, p0, p1, p2, p3, stride(index), true)
          : f32Scores(query, p0, p1, p2, p3, stride(index), false);
      let wanted = i32x4.bitmask(f32x4.ge(scores, f32x4.splat(topKThreshold(top))));
      if (some - i < 4) wanted &= (1 << (some - i)) - 1;
      for (; wanted; wanted &= wanted - 1) {
        const lane = <usize>ctz(wanted);
        let score = f32x4.extract_lane(scores, 0);
        if (lane == 1) score = f32x4.extract_lane(scores, 1);
        else if (lane == 2) score = f32x4.extract_lane(scores, 2);
        else if (lane == 3) score = f32x4.extract_lane(scores, 3);
        const place = at + (lane << 2);
        const ids = <usize>load<u32>(load<u32>(partitions + place), 24);
        topKPush(top, score, load<u32>(ids + (<usize>load<u32>(slots + place) << 2)));
      }
    }
  }
}

/** Writes the address, slot and partition of each numbered row, and reads its cache lines. */
function locate(
  index: usize, probes: usize, count: i32, numbers: usize, n: i32, word: usize, rowBytes: usize, rows: usize,
): void {
  const slots = rows + (TOGETHER << 2);
  const partitions = slots + (TOGETHER << 2);
  let base: u32 = 0;
  let end: u32 = 0;
  let p: usize = 0;
  let touched: u32 = 0;
  for (let i = 0; i < n; i++) {
    const number = load<u32>(numbers + (<usize>i << 2));
    if (number < base || number >= end) {
      const at = findProbe(probes, count, number);
      p = partition(index, load<u32>(at));
      base = load<u32>(at, 4);
      end = base + load<u32>(p, 28);
    }
    const slot = number - base;
    const row = <usize>load<u32>(p + word) + <usize>slot * rowBytes;
    const to = <usize>i << 2;
    store<u32>(rows + to, row);
    store<u32>(slots + to, slot);
    store<u32>(partitions + to, p);
    for (let j: usize = 0; j < rowBytes; j += 64) touched |= load<u8>(row + j);
  }
  // Kept only so that the reads are not thrown away.
  store<u32>(partitions + (TOGETHER << 2), touched);
}

/** A number that each of four rows has, by the word of the partition that says where. */
@inline function four(partitions: usize, slots: usize, a: usize, b: usize, c: usize, d: usize, word: usize): v128 {
  return f32x4.replace_lane(
    f32x4.replace_lane(
      f32x4.replace_lane(f32x4.splat(numberOf(partitions, slots, a, word)), 1, numberOf(partitions, slots, b, word)),
      2,
      numberOf(partitions, slots, c, word),
    ),
    3,
    numberOf(partitions, slots, d, word),
  );
}

@inline function numberOf(partitions: usize, slots: usize, at: usize, word: usize): f32 {
  return load<f32>(<usize>load<u32>(load<u32>(partitions + at) + word) + (<usize>load<u32>(slots + at) << 2));
}

/** Whole-number dot products of an int16 query and four int8 rows. */
@inline function dots4(query: usize, p0: usize, p1: usize, p2: usize, p3: usize, bytes: i32): v128 {
  let a0 = i32x4.splat(0);
  let a1 = a0, a2 = a0, a3 = a0;
  for (let j: usize = 0; j < <usize>bytes; j += 8) {
    const q = v128.load(query + (j << 1));
    a0 = i32x4.add(a0, i32x4.dot_i16x8_s(v128.load_ext<i8>(p0 + j), q));
    a1 = i32x4.add(a1, i32x4.dot_i16x8_s(v128.load_ext<i8>(p1 + j), q));
    a2 = i32x4.add(a2, i32x4.dot_i16x8_s(v128.load_ext<i8>(p2 + j), q));
    a3 = i32x4.add(a3, i32x4.dot_i16x8_s(v128.load_ext<i8>(p3 + j), q));
  }
  return sum4I32(a0, a1, a2, a3);
}

@inline function step(x: v128, q: v128, sum: v128, l2: bool): v128 {
  if (!l2) return madd(x, q, sum);
  const difference = f32x4.sub(q, x);
  return madd(difference, difference, sum);
}

/** Four float32 rows; the same sums as {@link scoreF32}. */
@inline function f32Scores(query: usize, p0: usize, p1: usize, p2: usize, p3: usize, n: i32, l2: bool): v128 {
  let a0 = f32x4.splat(0);
  let a1 = a0, a2 = a0, a3 = a0;
  const bytes = <usize>n << 2;
  for (let j: usize = 0; j < bytes; j += 16) {
    const q = v128.load(query + j);
    a0 = step(v128.load(p0 + j), q, a0, l2);
    a1 = step(v128.load(p1 + j), q, a1, l2);
    a2 = step(v128.load(p2 + j), q, a2, l2);
    a3 = step(v128.load(p3 + j), q, a3, l2);
  }
  const sums = sum4F32(a0, a1, a2, a3);
  return l2 ? f32x4.neg(sums) : sums;
}

/** Four rows of upper halves of floats; the query is padded to a multiple of 8. */
@inline function bf16Scores(query: usize, p0: usize, p1: usize, p2: usize, p3: usize, n: i32, l2: bool): v128 {
  let a0 = f32x4.splat(0);
  let a1 = a0, a2 = a0, a3 = a0, b0 = a0, b1 = a0, b2 = a0, b3 = a0;
  for (let j: usize = 0; j < <usize>n; j += 8) {
    const q = v128.load(query + (j << 2));
    const r = v128.load(query + (j << 2), 16);
    let halves = v128.load(p0 + (j << 1));
    a0 = step(firstFloats(halves), q, a0, l2);
    b0 = step(lastFloats(halves), r, b0, l2);
    halves = v128.load(p1 + (j << 1));
    a1 = step(firstFloats(halves), q, a1, l2);
    b1 = step(lastFloats(halves), r, b1, l2);
    halves = v128.load(p2 + (j << 1));
    a2 = step(firstFloats(halves), q, a2, l2);
    b2 = step(lastFloats(halves), r, b2, l2);
    halves = v128.load(p3 + (j << 1));
    a3 = step(firstFloats(halves), q, a3, l2);
    b3 = step(lastFloats(halves), r, b3, l2);
  }
  const sums = sum4F32(f32x4.add(a0, b0), f32x4.add(a1, b1), f32x4.add(a2, b2), f32x4.add(a3, b3));
  return l2 ? f32x4.neg(sums) : sums;
}

@inline function firstFloats(halves: v128): v128 {
  return v128.shuffle<i16>(i16x8.splat(0), halves, 0, 8, 1, 9, 2, 10, 3, 11);
}

@inline function lastFloats(halves: v128): v128 {
  return v128.shuffle<i16>(i16x8.splat(0), halves, 4, 12, 5, 13, 6, 14, 7, 15);
}
