// Centroids in 16 bits against a query in 16 bits: half the bytes of float32, eight products an instruction.
import { sum4I32, sumF32 } from './simd';

/** Length that a query gets; with the 65,000 of the longest centroid no sum of products leaves 32 bits. */
const LENGTH: f32 = 32000;

/** A query to int16, its length 32,000. Returns what a unit stands for. */
export function quantizeQuery16(query: usize, strideF32: i32, out: usize, strideI16: i32): f32 {
  const bytes = <usize>strideF32 << 2;
  let largest = f32x4.splat(0);
  for (let j: usize = 0; j < bytes; j += 16) largest = f32x4.pmax(largest, f32x4.abs(v128.load(query + j)));
  const most = max(
    max(f32x4.extract_lane(largest, 0), f32x4.extract_lane(largest, 1)),
    max(f32x4.extract_lane(largest, 2), f32x4.extract_lane(largest, 3)),
  );
  for (let j = strideF32; j < strideI16; j += 4) store<u64>(out + (<usize>j << 1), 0);
  if (!(most > 0)) {
    for (let j = 0; j < strideF32; j += 4) store<u64>(out + (<usize>j << 1), 0);
    return 0;
  }
  const mosts = f32x4.splat(most);
  let squares = f32x4.splat(0);
  for (let j: usize = 0; j < bytes; j += 16) {
    const share = f32x4.div(v128.load(query + j), mosts);
    squares = f32x4.add(squares, f32x4.mul(share, share));
  }
  const length = sqrt<f32>(sumF32(squares));
  const scale = f32x4.splat(LENGTH / length);
  for (let j: usize = 0; j < bytes; j += 16) {
    const whole = i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(f32x4.div(v128.load(query + j), mosts), scale)));
    store<u64>(out + (j >> 1), i64x2.extract_lane(i16x8.narrow_i32x4_s(whole, whole), 0));
  }
  return most * (length / LENGTH);
}

/** Products of an int16 query with int16 rows (stride a multiple of 8), times `unit`, plus `shared`; as float32. */
export function dotI16(query: usize, rows: usize, n: i32, stride: i32, unit: f32, shared: f32, out: usize): void {
  const bytes = <usize>stride << 1;
  const units = f32x4.splat(unit);
  const base = f32x4.splat(shared);
  for (let row = 0; row < n; row += 4) {
    const p0 = rows + <usize>row * bytes;
    const p1 = p0 + bytes;
    const p2 = p1 + bytes;
    const p3 = p2 + bytes;
    let a0 = i32x4.splat(0);
    let a1 = a0, a2 = a0, a3 = a0;
    for (let j: usize = 0; j < bytes; j += 16) {
      const q = v128.load(query + j);
      a0 = i32x4.add(a0, i32x4.dot_i16x8_s(v128.load(p0 + j), q));
      a1 = i32x4.add(a1, i32x4.dot_i16x8_s(v128.load(p1 + j), q));
      a2 = i32x4.add(a2, i32x4.dot_i16x8_s(v128.load(p2 + j), q));
      a3 = i32x4.add(a3, i32x4.dot_i16x8_s(v128.load(p3 + j), q));
    }
    const dots = f32x4.convert_i32x4_s(sum4I32(a0, a1, a2, a3));
    v128.store(out + (<usize>row << 2), f32x4.add(f32x4.mul(dots, units), base));
  }
}
