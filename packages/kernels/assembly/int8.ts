// int8 rows with one scale each, compared with an int16 query: the query adds no error that shows.
import { sum4I32, sumF32, sumI32 } from './simd';
import { passes, topKPush, topKThreshold } from './top-k';

/** Rows of f32 (stride a multiple of 4) to int8 (stride a multiple of 16, zeros at the end), rounded half to even. */
export function quantizeI8(x: usize, n: i32, strideF32: i32, out: usize, strideI8: i32, scales: usize): void {
  for (let row = 0; row < n; row++) {
    let largest = f32x4.splat(0);
    const bytes = <usize>strideF32 << 2;
    for (let j: usize = 0; j < bytes; j += 16) largest = f32x4.pmax(largest, f32x4.abs(v128.load(x + j)));
    const most = max(
      max(f32x4.extract_lane(largest, 0), f32x4.extract_lane(largest, 1)),
      max(f32x4.extract_lane(largest, 2), f32x4.extract_lane(largest, 3)),
    );
    const inverse = f32x4.splat(most > 0 ? <f32>127 / most : 0);
    store<f32>(scales + (<usize>row << 2), most / 127);
    for (let j = 0; j < strideF32; j += 4) {
      const whole = i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(v128.load(x + (<usize>j << 2)), inverse)));
      const half = i16x8.narrow_i32x4_s(whole, whole);
      store<i32>(out + j, i32x4.extract_lane(i8x16.narrow_i16x8_s(half, half), 0));
    }
    for (let j = strideF32; j < strideI8; j += 4) store<i32>(out + j, 0);
    x += bytes;
    out += strideI8;
  }
}

/**
 * A query to int16, as fine as fits: no product sum can leave 32 bits. Returns what a unit stands for.
 */
export function quantizeQuery(query: usize, strideF32: i32, out: usize, strideI8: i32): f32 {
  const bytes = <usize>strideF32 << 2;
  let largest = f32x4.splat(0);
  let sums = largest;
  for (let j: usize = 0; j < bytes; j += 16) {
    const size = f32x4.abs(v128.load(query + j));
    largest = f32x4.pmax(largest, size);
    sums = f32x4.add(sums, size);
  }
  const most = max(
    max(f32x4.extract_lane(largest, 0), f32x4.extract_lane(largest, 1)),
    max(f32x4.extract_lane(largest, 2), f32x4.extract_lane(largest, 3)),
  );
  const inverse: f32 = most > 0 ? min(<f32>16383 / most, <f32>16000000 / sumF32(sums)) : 0;
  const factor = f32x4.splat(inverse);
  for (let j: usize = 0; j < bytes; j += 16) {
    const whole = i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(v128.load(query + j), factor)));
    store<u64>(out + (j >> 1), i64x2.extract_lane(i16x8.narrow_i32x4_s(whole, whole), 0));
  }
  for (let j = strideF32; j < strideI8; j += 4) store<u64>(out + (<usize>j << 1), 0);
  return most > 0 ? <f32>1 / inverse : 0;
}

/** Whole-number dot product of an int16 query and one int8 row. */
@inline export function dotI8(query: usize, row: usize, stride: i32): i32 {
  let a = i32x4.splat(0);
  let b = a;
  for (let j: usize = 0; j < <usize>stride; j += 16) {
    a = i32x4.add(a, i32x4.dot_i16x8_s(v128.load_ext<i8>(row + j), v128.load(query + (j << 1))));
    b = i32x4.add(b, i32x4.dot_i16x8_s(v128.load_ext<i8>(row + j, 8), v128.load(query + (j << 1), 16)));
  }
  return sumI32(i32x4.add(a, b));
}

/**
 * Offers int8 rows to a top-k. Scores: dot products, or with `norms` minus the squared distance.
 *
 * `ids`: u32 a row, for `mask`, and what is offered unless `numbered`, which offers base + position. 8 rows of slack.
 */
export function scanI8(
  query: usize, unit: f32, rows: usize, scales: usize, norms: usize, queryNorm: f32, n: i32, stride: i32,
  ids: usize, numbered: i32, base: u32, mask: usize, top: usize,
): void {
  // One row at a time streams best when rows are long; four share the query's loads when they are short.
  const long = stride >= 512;
  const units = f32x4.splat(unit);
  for (let row = 0; row < n; row += 4) {
    const p0 = rows + <usize>row * stride;
    const p1 = p0 + stride;
    const p2 = p1 + stride;
    const p3 = p2 + stride;
    let dots: v128;
    if (long) {
      dots = i32x4.splat(dotI8(query, p0, stride));
      dots = i32x4.replace_lane(dots, 1, dotI8(query, p1, stride));
      dots = i32x4.replace_lane(dots, 2, dotI8(query, p2, stride));
      dots = i32x4.replace_lane(dots, 3, dotI8(query, p3, stride));
    } else {
      let a0 = i32x4.splat(0);
      let a1 = a0, a2 = a0, a3 = a0;
      for (let j: usize = 0; j < <usize>stride; j += 16) {
        let q = v128.load(query + (j << 1));
        a0 = i32x4.add(a0, i32x4.dot_i16x8_s(v128.load_ext<i8>(p0 + j), q));
        a1 = i32x4.add(a1, i32x4.dot_i16x8_s(v128.load_ext<i8>(p1 + j), q));
        a2 = i32x4.add(a2, i32x4.dot_i16x8_s(v128.load_ext<i8>(p2 + j), q));
        a3 = i32x4.add(a3, i32x4.dot_i16x8_s(v128.load_ext<i8>(p3 + j), q));
        q = v128.load(query + (j << 1), 16);
        a0 = i32x4.add(a0, i32x4.dot_i16x8_s(v128.load_ext<i8>(p0 + j, 8), q));
        a1 = i32x4.add(a1, i32x4.dot_i16x8_s(v128.load_ext<i8>(p1 + j, 8), q));
        a2 = i32x4.add(a2, i32x4.dot_i16x8_s(v128.load_ext<i8>(p2 + j, 8), q));
        a3 = i32x4.add(a3, i32x4.dot_i16x8_s(v128.load_ext<i8>(p3 + j, 8), q));
      }
      dots = sum4I32(a0, a1, a2, a3);
    }
    const at = <usize>row << 2;
    let scores = f32x4.mul(f32x4.convert_i32x4_s(dots), f32x4.mul(v128.load(scales + at), units));
    if (norms) scores = squaredScores(scores, v128.load(norms + at), queryNorm);
    let wanted = i32x4.bitmask(f32x4.ge(scores, f32x4.splat(topKThreshold(top))));
    if (n - row < 4) wanted &= (1 << (n - row)) - 1;
    if (wanted) offer(top, scores, wanted, row, ids, numbered, base, mask);
  }
}

function offer(top: usize, scores: v128, wanted: i32, row: i32, ids: usize, numbered: i32, base: u32, mask: usize): void {
  for (; wanted; wanted &= wanted - 1) {
    const lane = ctz(wanted);
    const id = load<u32>(ids + (<usize>(row + lane) << 2));
    if (!passes(mask, id)) continue;
    let score = f32x4.extract_lane(scores, 0);
    if (lane == 1) score = f32x4.extract_lane(scores, 1);
    else if (lane == 2) score = f32x4.extract_lane(scores, 2);
    else if (lane == 3) score = f32x4.extract_lane(scores, 3);
    topKPush(top, score, numbered ? base + row + lane : id);
  }
}

@inline function squaredScores(dots: v128, norms: v128, queryNorm: f32): v128 {
  return f32x4.sub(f32x4.sub(f32x4.add(dots, dots), norms), f32x4.splat(queryNorm));
}
