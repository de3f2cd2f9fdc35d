// Scan of 4-bit codes. A block is 32 rows: for each pair of nibbles 16 bytes, low nibbles rows 0..15, high nibbles rows
// 16..31; byte 2i is row i, byte 2i + 1 row 8 + i, so that the 16-bit sums of even and odd bytes come out in order.
import { lookup } from './simd';
import { passes } from './top-k';

// Candidates: i32 capacity, i32 count, i32 keep, i32 threshold, then u64 keys (distance, then number).
const KEYS: usize = 16;
const FAR: i32 = 0x3fffffff;

export function candidatesReset(candidates: usize, keep: i32, capacity: i32): void {
  store<i32>(candidates, capacity);
  store<i32>(candidates, 0, 4);
  store<i32>(candidates, keep, 8);
  store<i32>(candidates, FAR, 12);
}

/** Keeps the nearest; the threshold becomes the farthest of them. */
export function candidatesShrink(candidates: usize): i32 {
  const count = load<i32>(candidates, 4);
  const keep = load<i32>(candidates, 8);
  if (count <= keep) return count;
  quickSelect(candidates + KEYS, count, keep);
  store<i32>(candidates, keep, 4);
  store<i32>(candidates, <i32>(load<u64>(candidates + KEYS + (<usize>(keep - 1) << 3)) >> 32), 12);
  return keep;
}

/** Moves the smallest `keep` of `count` keys to the front, the largest of them last. */
function quickSelect(keys: usize, count: i32, keep: i32): void {
  let left = 0;
  let right = count - 1;
  const wanted = keep - 1;
  while (right > left) {
    const x = load<u64>(keys + (<usize>left << 3));
    const y = load<u64>(keys + (<usize>((left + right) >> 1) << 3));
    const z = load<u64>(keys + (<usize>right << 3));
    const pivot = x < y ? (y < z ? y : x < z ? z : x) : x < z ? x : y < z ? z : y;
    let i = left;
    let j = right;
    while (i <= j) {
      while (load<u64>(keys + (<usize>i << 3)) < pivot) i++;
      while (load<u64>(keys + (<usize>j << 3)) > pivot) j--;
      if (i <= j) {
        const t = load<u64>(keys + (<usize>i << 3));
        store<u64>(keys + (<usize>i << 3), load<u64>(keys + (<usize>j << 3)));
        store<u64>(keys + (<usize>j << 3), t);
        i++;
        j--;
      }
    }
    if (wanted <= j) right = j;
    else if (wanted >= i) left = i;
    else return;
  }
}

/**
 * Adds the near rows of one partition to the candidates, numbered from `base`.
 *
 * `tables`: 16 bytes a block, each at most 127; `pairs` even. `distance`: what every row of the partition adds.
 * `rowBias`: i16 a row in blocks of 32, or 0, times `rowBiasFactor` / 2^15.
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
    for (let m: usize = 0; m < bytes; m += 32) {
      const c = v128.load(codes + m);
      const t = v128.load(tables + m);
      const d = v128.load(codes + m, 16);
      const u = v128.load(tables + m, 16);
      const lo = i8x16.add(lookup(t, v128.and(c, low)), lookup(u, v128.and(d, low)));
      const hi = i8x16.add(lookup(t, i8x16.shr_u(c, 4)), lookup(u, i8x16.shr_u(d, 4)));
      e0 = i16x8.add(e0, lo);
      o0 = i16x8.add(o0, i16x8.shr_u(lo, 8));
      e1 = i16x8.add(e1, hi);
      o1 = i16x8.add(o1, i16x8.shr_u(hi, 8));
    }
    codes += bytes;
    e0 = i16x8.sub(e0, i16x8.shl(o0, 8));
    e1 = i16x8.sub(e1, i16x8.shl(o1, 8));
    if (rowBias) {
      const b = rowBias + (<usize>first << 1);
      e0 = i16x8.add_sat_s(e0, i16x8.q15mulr_sat_s(v128.load(b), factor));
      o0 = i16x8.add_sat_s(o0, i16x8.q15mulr_sat_s(v128.load(b, 16), factor));
      e1 = i16x8.add_sat_s(e1, i16x8.q15mulr_sat_s(v128.load(b, 32), factor));
      o1 = i16x8.add_sat_s(o1, i16x8.q15mulr_sat_s(v128.load(b, 48), factor));
    }
    const threshold = load<i32>(candidates, 12);
    const limit = i16x8.splat(<i16>max(-32768, min(32767, threshold - distance)));
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
      if (total >= load<i32>(candidates, 12)) continue;
      if (mask && !passes(mask, load<u32>(ids + (<usize>(first + lane) << 2)))) continue;
      const count = load<i32>(candidates, 4);
      store<u64>(candidates + KEYS + (<usize>count << 3), (<u64>total << 32) | (base + first + lane));
      store<i32>(candidates, count + 1, 4);
      if (count + 1 == load<i32>(candidates)) candidatesShrink(candidates);
    } while (near);
  }
}
