// Exact scans of float32 rows. Rows are padded with zeros to a multiple of 4 numbers; 8 rows of slack follow the last.
import { madd, sum4F32, sumF32 } from './simd';
import { passes, topKPush, topKThreshold } from './top-k';

/** Rows that stay in cache while all queries pass. */
const BLOCK: i32 = 128;

@inline function offer(top: usize, scores: v128, first: i32, n: i32, ids: usize, base: u32, mask: usize, skip: u32): void {
  const wanted = i32x4.bitmask(f32x4.ge(scores, f32x4.splat(topKThreshold(top))));
  if (wanted != 0) offerSome(top, scores, wanted, first, n, ids, base, mask, skip);
}

function offerSome(
  top: usize, scores: v128, wanted: i32, first: i32, n: i32, ids: usize, base: u32, mask: usize, skip: u32,
): void {
  for (let lane = 0; lane < 4; lane++) {
    if (((wanted >> lane) & 1) == 0 || first + lane >= n) continue;
    const row = ids ? load<u32>(ids + (<usize>(first + lane) << 2)) : base + first + lane;
    if (row == skip || !passes(mask, row)) continue;
    let score = f32x4.extract_lane(scores, 0);
    if (lane == 1) score = f32x4.extract_lane(scores, 1);
    else if (lane == 2) score = f32x4.extract_lane(scores, 2);
    else if (lane == 3) score = f32x4.extract_lane(scores, 3);
    topKPush(top, score, row);
  }
}

@inline function step(x: v128, q: v128, sum: v128, squared: bool): v128 {
  if (squared) {
    const difference = f32x4.sub(q, x);
    return madd(difference, difference, sum);
  }
  return madd(x, q, sum);
}

@inline function scan(
  queries: usize, queryCount: i32, rows: usize, n: i32, stride: i32, ids: usize, base: u32, mask: usize,
  exclude: usize, tops: usize, topBytes: i32, squared: bool,
): void {
  const bytes = <usize>stride << 2;
  for (let start = 0; start < n; start += BLOCK) {
    const end = min(start + BLOCK, n);
    let query = 0;
    for (; query + 1 < queryCount; query += 2) {
      const qa = queries + <usize>query * bytes;
      const qb = qa + bytes;
      const ta = tops + <usize>query * topBytes;
      const tb = ta + topBytes;
      const sa = exclude ? load<u32>(exclude + (<usize>query << 2)) : u32.MAX_VALUE;
      const sb = exclude ? load<u32>(exclude + (<usize>query << 2), 4) : u32.MAX_VALUE;
      for (let row = start; row < end; row += 4) {
        const p0 = rows + <usize>row * bytes;
        const p1 = p0 + bytes;
        const p2 = p1 + bytes;
        const p3 = p2 + bytes;
        let a0 = f32x4.splat(0);
        let a1 = a0, a2 = a0, a3 = a0, b0 = a0, b1 = a0, b2 = a0, b3 = a0;
        for (let j: usize = 0; j < bytes; j += 16) {
          const x = v128.load(qa + j);
          const y = v128.load(qb + j);
          let r = v128.load(p0 + j);
          a0 = step(r, x, a0, squared);
          b0 = step(r, y, b0, squared);
          r = v128.load(p1 + j);
          a1 = step(r, x, a1, squared);
          b1 = step(r, y, b1, squared);
          r = v128.load(p2 + j);
          a2 = step(r, x, a2, squared);
          b2 = step(r, y, b2, squared);
          r = v128.load(p3 + j);
          a3 = step(r, x, a3, squared);
          b3 = step(r, y, b3, squared);
        }
        let first = sum4F32(a0, a1, a2, a3);
        let second = sum4F32(b0, b1, b2, b3);
        if (squared) {
          first = f32x4.neg(first);
          second = f32x4.neg(second);
        }
        offer(ta, first, row, n, ids, base, mask, sa);
        offer(tb, second, row, n, ids, base, mask, sb);
      }
    }
    if (query < queryCount) {
      const qa = queries + <usize>query * bytes;
      const ta = tops + <usize>query * topBytes;
      const sa = exclude ? load<u32>(exclude + (<usize>query << 2)) : u32.MAX_VALUE;
      for (let row = start; row < end; row += 8) {
        const p0 = rows + <usize>row * bytes;
        const p1 = p0 + bytes;
        const p2 = p1 + bytes;
        const p3 = p2 + bytes;
        const p4 = p3 + bytes;
        const p5 = p4 + bytes;
        const p6 = p5 + bytes;
        const p7 = p6 + bytes;
        let a0 = f32x4.splat(0);
        let a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0, a6 = a0, a7 = a0;
        for (let j: usize = 0; j < bytes; j += 16) {
          const x = v128.load(qa + j);
          a0 = step(v128.load(p0 + j), x, a0, squared);
          a1 = step(v128.load(p1 + j), x, a1, squared);
          a2 = step(v128.load(p2 + j), x, a2, squared);
          a3 = step(v128.load(p3 + j), x, a3, squared);
          a4 = step(v128.load(p4 + j), x, a4, squared);
          a5 = step(v128.load(p5 + j), x, a5, squared);
          a6 = step(v128.load(p6 + j), x, a6, squared);
          a7 = step(v128.load(p7 + j), x, a7, squared);
        }
        let first = sum4F32(a0, a1, a2, a3);
        let second = sum4F32(a4, a5, a6, a7);
        if (squared) {
          first = f32x4.neg(first);
          second = f32x4.neg(second);
        }
        offer(ta, first, row, n, ids, base, mask, sa);
        offer(ta, second, row + 4, n, ids, base, mask, sa);
      }
    }
  }
}

/**
 * Offers every row to every query's top-k.
 *
 * `ids`: u32 a row, or 0 for base, base + 1, …; `mask`: bitset over ids, or 0; `exclude`: one id a query, or 0.
 */
export function scanF32(
  queries: usize, queryCount: i32, rows: usize, n: i32, stride: i32, ids: usize, base: u32, mask: usize,
  exclude: usize, tops: usize, topBytes: i32, squared: i32,
): void {
  if (squared) scan(queries, queryCount, rows, n, stride, ids, base, mask, exclude, tops, topBytes, true);
  else scan(queries, queryCount, rows, n, stride, ids, base, mask, exclude, tops, topBytes, false);
}

/** Dot products of one query with rows; `out` has room for a multiple of 8. */
export function dotF32(query: usize, rows: usize, n: i32, stride: i32, out: usize): void {
  const bytes = <usize>stride << 2;
  for (let row = 0; row < n; row += 8) {
    const p0 = rows + <usize>row * bytes;
    const p1 = p0 + bytes;
    const p2 = p1 + bytes;
    const p3 = p2 + bytes;
    const p4 = p3 + bytes;
    const p5 = p4 + bytes;
    const p6 = p5 + bytes;
    const p7 = p6 + bytes;
    let a0 = f32x4.splat(0);
    let a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0, a6 = a0, a7 = a0;
    for (let j: usize = 0; j < bytes; j += 16) {
      const x = v128.load(query + j);
      a0 = madd(v128.load(p0 + j), x, a0);
      a1 = madd(v128.load(p1 + j), x, a1);
      a2 = madd(v128.load(p2 + j), x, a2);
      a3 = madd(v128.load(p3 + j), x, a3);
      a4 = madd(v128.load(p4 + j), x, a4);
      a5 = madd(v128.load(p5 + j), x, a5);
      a6 = madd(v128.load(p6 + j), x, a6);
      a7 = madd(v128.load(p7 + j), x, a7);
    }
    v128.store(out + (<usize>row << 2), sum4F32(a0, a1, a2, a3));
    v128.store(out + (<usize>row << 2), sum4F32(a4, a5, a6, a7), 16);
  }
}

/** One row: dot product, or minus the squared distance; the same sums as {@link scanF32}. */
@inline export function scoreF32(query: usize, row: usize, stride: i32, squared: bool): f32 {
  const bytes = <usize>stride << 2;
  let sum = f32x4.splat(0);
  if (squared) for (let j: usize = 0; j < bytes; j += 16) sum = step(v128.load(row + j), v128.load(query + j), sum, true);
  else for (let j: usize = 0; j < bytes; j += 16) sum = madd(v128.load(row + j), v128.load(query + j), sum);
  const total = sumF32(sum);
  return squared ? -total : total;
}
