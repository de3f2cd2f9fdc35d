// Exact top-k that compares whole numbers first: a row is scored in float32 only where a bound on its score says that
// it may enter the heap, so heaps end up as scanF32 fills them.
//
// Codes lie in panels: `[panel][pair of dimensions][8 slots][2]` i16. A slot holds one row, or two (`packed`): the
// lower eight rows of a panel of 16, and 4096 times the upper ones. One multiplication then serves both; their dot
// products stay below 2048 (the encoder sees to it) and are taken apart at the end.
import { scoreF32 } from './scan-f32';
import { topKPush, topKThreshold } from './top-k';

/** Codes that stay in cache while all queries pass. */
const BLOCK_BYTES: i32 = 1 << 17;
/** f64 a panel: 1 / scale, largest coded length, largest rest, largest length of a row. */
const PANEL: usize = 32;
/** f64 a query: 1 / scale, length of the rest, length from the mean, offset, length; 8 bytes free three times. */
const QUERY: usize = 64;

/** f32 bounds: a row whose product reaches (t - bias) * inverse may enter. */
@inline function reach(product: v128, bias: usize, t: v128, inverse: v128): v128 {
  return f32x4.ge(f32x4.convert_i32x4_s(product), f32x4.mul(f32x4.sub(t, v128.load(bias)), inverse));
}

/** The lower of two products in one number, and the upper. */
@inline function lower(products: v128): v128 {
  return i32x4.shr_s(i32x4.shl(products, 20), 20);
}

@inline function upper(products: v128): v128 {
  return i32x4.shr_s(i32x4.add(products, i32x4.splat(2048)), 12);
}

/** Offers the rows of a panel that reach the bound to one query's heap; returns how many were scored. */
function offerPanel(
  gallery: usize, packed: bool, panel: i32, s0: v128, s1: v128, queries: usize, infos: usize, which: i32,
  exclude: usize, tops: usize, topBytes: i32,
): i32 {
  const info = infos + <usize>which * QUERY;
  const top = tops + <usize>which * topBytes;
  const header = <usize>load<u32>(gallery, 16) + <usize>panel * PANEL;
  const bias = <usize>load<u32>(gallery, 20) + (<usize>panel << (packed ? 6 : 5));
  let threshold = <f64>topKThreshold(top);
  if (load<u32>(gallery, 28)) threshold *= 0.5;
  const length = load<f64>(info, 32) + load<f64>(header, 24);
  const slack =
    load<f64>(info, 8) * load<f64>(header, 8) +
    load<f64>(info, 16) * load<f64>(header, 16) +
    load<f64>(gallery, 32) * length * length;
  const t = f32x4.splat(<f32>(threshold - load<f64>(info, 24) - slack));
  const inverse = f32x4.splat(<f32>(load<f64>(info) * load<f64>(header)));
  if (packed) {
    const a = reach(lower(s0), bias, t, inverse);
    const b = reach(lower(s1), bias + 16, t, inverse);
    const c = reach(upper(s0), bias + 32, t, inverse);
    const d = reach(upper(s1), bias + 48, t, inverse);
    if (!v128.any_true(v128.or(v128.or(a, b), v128.or(c, d)))) return 0;
    const some = i32x4.bitmask(a) | (i32x4.bitmask(b) << 4) | (i32x4.bitmask(c) << 8) | (i32x4.bitmask(d) << 12);
    return offerRows(gallery, some, panel << 4, queries, which, exclude, top);
  }
  const a = reach(s0, bias, t, inverse);
  const b = reach(s1, bias + 16, t, inverse);
  if (!v128.any_true(v128.or(a, b))) return 0;
  const some = i32x4.bitmask(a) | (i32x4.bitmask(b) << 4);
  return offerRows(gallery, some, panel << 3, queries, which, exclude, top);
}

function offerRows(
  gallery: usize, some: i32, first: i32, queries: usize, which: i32, exclude: usize, top: usize,
): i32 {
  const rows = <usize>load<u32>(gallery);
  const stride = load<i32>(gallery, 8);
  const query = queries + <usize>which * (<usize>stride << 2);
  const skip = exclude ? load<u32>(exclude + (<usize>which << 2)) : u32.MAX_VALUE;
  const squared = load<u32>(gallery, 28) != 0;
  const count = popcnt(some);
  for (; some != 0; some &= some - 1) {
    const row = first + ctz(some);
    if (<u32>row == skip) continue;
    const at = rows + <usize>row * (<usize>stride << 2);
    const score = squared ? scoreF32(query, at, stride, true) : scoreF32(query, at, stride, false);
    if (score >= topKThreshold(top)) topKPush(top, score, row);
  }
  return count;
}

@inline function scan(
  gallery: usize, packed: bool, queries: usize, codes: usize, infos: usize, queryCount: i32, exclude: usize,
  tops: usize, topBytes: i32,
): i32 {
  const pairs = load<i32>(gallery, 24);
  const codeBytes = <usize>pairs << 2;
  const panelBytes = <usize>pairs << 5;
  const panels = (load<i32>(gallery, 4) + (packed ? 15 : 7)) >> (packed ? 4 : 3);
  const block = max(1, BLOCK_BYTES / <i32>panelBytes);
  let scored = 0;
  for (let start = 0; start < panels; start += block) {
    const end = min(start + block, panels);
    for (let query = 0; query < queryCount; query += 4) {
      const last = queryCount - 1;
      const i1 = min(query + 1, last);
      const i2 = min(query + 2, last);
      const i3 = min(query + 3, last);
      const c0 = codes + <usize>query * codeBytes;
      const c1 = codes + <usize>i1 * codeBytes;
      const c2 = codes + <usize>i2 * codeBytes;
      const c3 = codes + <usize>i3 * codeBytes;
      for (let panel = start; panel < end; panel++) {
        let at = <usize>load<u32>(gallery, 12) + <usize>panel * panelBytes;
        let s00 = i32x4.splat(0);
        let s01 = s00, s10 = s00, s11 = s00, s20 = s00, s21 = s00, s30 = s00, s31 = s00;
        for (let j: usize = 0; j < codeBytes; j += 4, at += 32) {
          const x0 = v128.load(at);
          const x1 = v128.load(at, 16);
          let q = v128.load_splat<u32>(c0 + j);
          s00 = i32x4.add(s00, i32x4.dot_i16x8_s(x0, q));
          s01 = i32x4.add(s01, i32x4.dot_i16x8_s(x1, q));
          q = v128.load_splat<u32>(c1 + j);
          s10 = i32x4.add(s10, i32x4.dot_i16x8_s(x0, q));
          s11 = i32x4.add(s11, i32x4.dot_i16x8_s(x1, q));
          q = v128.load_splat<u32>(c2 + j);
          s20 = i32x4.add(s20, i32x4.dot_i16x8_s(x0, q));
          s21 = i32x4.add(s21, i32x4.dot_i16x8_s(x1, q));
          q = v128.load_splat<u32>(c3 + j);
          s30 = i32x4.add(s30, i32x4.dot_i16x8_s(x0, q));
          s31 = i32x4.add(s31, i32x4.dot_i16x8_s(x1, q));
        }
        scored += offerPanel(gallery, packed, panel, s00, s01, queries, infos, query, exclude, tops, topBytes);
        if (i1 == query) continue;
        scored += offerPanel(gallery, packed, panel, s10, s11, queries, infos, i1, exclude, tops, topBytes);
        if (i2 == i1) continue;
        scored += offerPanel(gallery, packed, panel, s20, s21, queries, infos, i2, exclude, tops, topBytes);
        if (i3 == i2) continue;
        scored += offerPanel(gallery, packed, panel, s30, s31, queries, infos, i3, exclude, tops, topBytes);
      }
    }
  }
  return scored;
}

/**
 * Offers every row that may enter to every query's top-k; returns how many rows were scored in float32.
 *
 * `gallery`: u32 rows, n, stride, codes, panels, bias, pairs, squared; f64 rounding: how far a float32 score may be
 * from the true one, in parts of the square of both lengths together. `exclude`: one row a query, or 0.
 */
export function scanCodes(
  gallery: usize, packed: i32, queries: usize, codes: usize, infos: usize, queryCount: i32, exclude: usize,
  tops: usize, topBytes: i32,
): i32 {
  if (packed) return scan(gallery, true, queries, codes, infos, queryCount, exclude, tops, topBytes);
  return scan(gallery, false, queries, codes, infos, queryCount, exclude, tops, topBytes);
}
