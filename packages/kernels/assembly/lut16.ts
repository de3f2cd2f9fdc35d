// Scan of 4-bit codes. A block is 32 rows: for each pair of nibbles 16 bytes, low nibbles rows 0..15, high nibbles rows
// 16..31; byte 2i is row i, byte 2i + 1 row 8 + i, so that the 16-bit sums of even and odd bytes come out in order.
import { candidatesPush, candidatesThreshold } from './candidates';
import { lookup } from './simd';
import { passes } from './top-k';

/** High nibbles: shifting bytes has no instruction of its own, shifting pairs of them and masking has. */
@inline function high(codes: v128, low: v128): v128 {
  return v128.and(i16x8.shr_u(codes, 4), low);
}

/**
 * Adds the near rows of one partition to the candidates, numbered from `base`.
 *
 * `tables`: 16 bytes a block, each at most 127; `pairs` even. `distance`: what every row of the partition adds.
 * `rowBias`: i16 a row in blocks of 32, or 0, times `rowBiasFactor` / 2^15. `scratch`: 64 bytes.
 */
export function scanCodes4(
  tables: usize, codes: usize, pairs: i32, n: i32, distance: i32, rowBias: usize, rowBiasFactor: i32,
  ids: usize, base: u32, mask: usize, candidates: usize, scratch: usize,
): void {
  const low = i8x16.splat(15);
  const bytes = <usize>pairs << 4;
  const factor = i16x8.splat(<i16>rowBiasFactor);
  for (let first = 0; first < n; first += 32) {
    let e0 = i16x8.splat(0);
    let o0 = e0, e1 = e0, o1 = e0;
    const end = codes + bytes;
    for (let t = tables; codes < end; codes += 32, t += 32) {
      const c = v128.load(codes);
      const a = v128.load(t);
      const d = v128.load(codes, 16);
      const b = v128.load(t, 16);
      const lo = i8x16.add(lookup(a, v128.and(c, low)), lookup(b, v128.and(d, low)));
      const hi = i8x16.add(lookup(a, high(c, low)), lookup(b, high(d, low)));
      e0 = i16x8.add(e0, lo);
      o0 = i16x8.add(o0, i16x8.shr_u(lo, 8));
      e1 = i16x8.add(e1, hi);
      o1 = i16x8.add(o1, i16x8.shr_u(hi, 8));
    }
    e0 = i16x8.sub(e0, i16x8.shl(o0, 8));
    e1 = i16x8.sub(e1, i16x8.shl(o1, 8));
    if (rowBias) {
      const b = rowBias + (<usize>first << 1);
      e0 = i16x8.add_sat_s(e0, i16x8.q15mulr_sat_s(v128.load(b), factor));
      o0 = i16x8.add_sat_s(o0, i16x8.q15mulr_sat_s(v128.load(b, 16), factor));
      e1 = i16x8.add_sat_s(e1, i16x8.q15mulr_sat_s(v128.load(b, 32), factor));
      o1 = i16x8.add_sat_s(o1, i16x8.q15mulr_sat_s(v128.load(b, 48), factor));
    }
    const limit = i16x8.splat(<i16>max(-32768, min(32767, candidatesThreshold(candidates) - distance)));
    let near: u32 =
      <u32>i8x16.bitmask(i8x16.narrow_i16x8_s(i16x8.lt_s(e0, limit), i16x8.lt_s(o0, limit))) |
      (<u32>i8x16.bitmask(i8x16.narrow_i16x8_s(i16x8.lt_s(e1, limit), i16x8.lt_s(o1, limit))) << 16);
    if (n - first < 32) near &= (<u32>1 << (n - first)) - 1;
    if (near == 0) continue;
    v128.store(scratch, e0);
    v128.store(scratch, o0, 16);
    v128.store(scratch, e1, 32);
    v128.store(scratch, o1, 48);
    do {
      const lane = <i32>ctz(near);
      near &= near - 1;
      const total = <i32>load<i16>(scratch + (<usize>lane << 1)) + distance;
      if (total >= candidatesThreshold(candidates)) continue;
      if (mask && !passes(mask, load<u32>(ids + (<usize>(first + lane) << 2)))) continue;
      candidatesPush(candidates, total, base + first + lane);
    } while (near);
  }
}
