// A whole query in one call: choose partitions, scan their codes, score the best again.
import { dotI8, quantizeQuery, scanI8 } from './int8';
import { candidatesReset, candidatesShrink, scanCodes4 } from './lut16';
import { dotF32, scanF32, scoreF32 } from './scan-f32';
import { madd, sumF32 } from './simd';
import { passes, topKPush, topKReset, topKTake, topKThreshold } from './top-k';

// The descriptor of an index: 32-bit words, see src/search-descriptor.ts.
@inline function word(index: usize, at: usize): u32 { return load<u32>(index + (at << 2)); }
@inline function stride(index: usize): i32 { return word(index, 0); }
@inline function partitions(index: usize): i32 { return word(index, 1); }
@inline function blocks(index: usize): i32 { return word(index, 2); }
@inline function width(index: usize): i32 { return word(index, 3); }
@inline function codeKind(index: usize): i32 { return word(index, 4); }
@inline function reorderKind(index: usize): i32 { return word(index, 5); }
@inline function squared(index: usize): bool { return word(index, 6) != 0; }
@inline function residual(index: usize): bool { return word(index, 7) != 0; }
@inline function centroids(index: usize): usize { return word(index, 8); }
@inline function centroidBias(index: usize): usize { return word(index, 9); }
@inline function codebook(index: usize): usize { return word(index, 10); }
@inline function strideI8(index: usize): i32 { return word(index, 12); }
@inline function strideBf16(index: usize): i32 { return word(index, 13); }
@inline function biasUnit(index: usize): f32 { return load<f32>(index, 14 << 2); }
@inline function biasBase(index: usize): f32 { return load<f32>(index, 15 << 2); }

const F32: i32 = 0;
const I8: i32 = 1;
const PQ4: i32 = 2;

// A partition: offsets of codes, row bias, int8 rows, scales, bf16 or f32 rows, norms, ids, then the number of rows.
@inline function partition(index: usize, number: u32): usize { return <usize>word(index, 11) + (<usize>number << 5); }

// A probe: u32 partition, u32 number of its first row, f32 query . centroid, f32 rank.
@inline function probe(probes: usize, i: i32): usize { return probes + (<usize>i << 4); }

@inline function up(bytes: usize): usize { return (bytes + 63) & ~(<usize>63); }

/** Scratch that a search with these numbers needs. */
export function scratchBytes(index: usize, probeCount: i32, keep: i32): usize {
  return (
    up(<usize>(partitions(index) + 8) << 2) + up(16 + (<usize>probeCount << 3)) + 2 * up(<usize>probeCount << 2) +
    up(<usize>probeCount << 4) + up(<usize>blocks(index) << 10) + up(<usize>blocks(index) << 4) +
    up(<usize>strideI8(index) << 1) + up(16 + (<usize>(2 * keep + 72) << 3)) + up(<usize>keep << 3) + 256
  );
}

/** Writes the best `count` partitions (rank: query . centroid + bias) to `probes`, best first; returns how many. */
export function selectPartitions(index: usize, query: usize, count: i32, probes: usize, scratch: usize): i32 {
  const n = partitions(index);
  if (centroids(index) == 0) {
    for (let p = 0; p < n; p++) {
      store<u32>(probe(probes, p), p);
      store<f32>(probe(probes, p), 0, 8);
      store<f32>(probe(probes, p), 0, 12);
    }
    numberRows(index, probes, n);
    return n;
  }
  const dots = scratch;
  const top = dots + up(<usize>(n + 8) << 2);
  const ids = top + up(16 + (<usize>count << 3));
  const ranks = ids + up(<usize>count << 2);
  dotF32(query, centroids(index), n, stride(index), dots);
  topKReset(top, count);
  for (let p = 0; p < n; p += 4) {
    const at = <usize>p << 2;
    const rank = f32x4.add(v128.load(dots + at), v128.load(centroidBias(index) + at));
    let wanted = i32x4.bitmask(f32x4.ge(rank, f32x4.splat(topKThreshold(top))));
    if (n - p < 4) wanted &= (1 << (n - p)) - 1;
    for (; wanted; wanted &= wanted - 1) {
      const lane = ctz(wanted);
      const laneAt = at + (<usize>lane << 2);
      topKPush(top, load<f32>(dots + laneAt) + load<f32>(centroidBias(index) + laneAt), p + lane);
    }
  }
  const found = topKTake(top, ids, ranks);
  for (let i = 0; i < found; i++) {
    const number = load<u32>(ids + (<usize>i << 2));
    store<u32>(probe(probes, i), number);
    store<f32>(probe(probes, i), load<f32>(dots + (<usize>number << 2)), 8);
    store<f32>(probe(probes, i), load<f32>(ranks + (<usize>i << 2)), 12);
  }
  numberRows(index, probes, found);
  return found;
}

/** Numbers the rows of the probes one after another. */
function numberRows(index: usize, probes: usize, count: i32): void {
  let base: u32 = 0;
  for (let i = 0; i < count; i++) {
    store<u32>(probe(probes, i), base, 4);
    base += load<u32>(partition(index, load<u32>(probe(probes, i))), 28);
  }
}

/**
 * Scans the probes and leaves the best in `top` by id. `keep`: candidates that are scored again, at least the heap's k;
 * no matter where nothing is scored again.
 */
export function searchProbes(
  index: usize, query: usize, probes: usize, count: i32, keep: i32, mask: usize, top: usize, scratch: usize,
): void {
  const again = reorderKind(index) != 0 && codeKind(index) != F32;
  const norm: f32 = squared(index) ? scoreF32(query, query, stride(index), false) : 0;
  if (codeKind(index) == PQ4) {
    searchCodes4(index, query, probes, count, again ? keep : load<i32>(top, 4), again, norm, mask, top, scratch);
    return;
  }
  const heap = again ? scratch : top;
  let rest = scratch;
  if (again) {
    topKReset(heap, keep);
    rest += up(16 + (<usize>keep << 3));
  }
  if (codeKind(index) == F32) {
    for (let i = 0; i < count; i++) {
      const p = partition(index, load<u32>(probe(probes, i)));
      scanF32(
        query, 1, load<u32>(p, 16), load<i32>(p, 28), stride(index), load<u32>(p, 24), 0, mask, 0, top, 0,
        squared(index) ? 1 : 0,
      );
    }
    return;
  }
  if (codeKind(index) == I8) {
    const unit = quantizeQuery(query, stride(index), rest, strideI8(index));
    for (let i = 0; i < count; i++) {
      const p = partition(index, load<u32>(probe(probes, i)));
      scanI8(
        rest, unit, load<u32>(p, 8), load<u32>(p, 12), squared(index) ? <usize>load<u32>(p, 20) : 0, norm,
        load<i32>(p, 28), strideI8(index), load<u32>(p, 24), again ? 1 : 0, load<u32>(probe(probes, i), 4), mask, heap,
      );
    }
  } else searchCodes8(index, query, probes, count, again, norm, mask, heap, rest);
  if (!again) return;
  const numbers = rest;
  const scores = numbers + (<usize>keep << 2);
  const found = topKTake(heap, numbers, scores);
  rescore(index, query, probes, count, numbers, found, top, rest + up(<usize>keep << 3));
}

/** 256 codewords a block: sums of float tables. */
function searchCodes8(
  index: usize, query: usize, probes: usize, count: i32, numbered: bool, norm: f32, mask: usize, heap: usize, tables: usize,
): void {
  const m = blocks(index);
  const w = width(index);
  for (let block = 0; block < m; block++) {
    const words = codebook(index) + (<usize>(block * w) << 10);
    for (let j: usize = 0; j < 1024; j += 16) {
      let sum = f32x4.splat(0);
      for (let t = 0; t < w; t++)
        sum = madd(v128.load_splat<f32>(query + (<usize>(block * w + t) << 2)), v128.load(words + (<usize>t << 10) + j), sum);
      v128.store(tables + (<usize>block << 10) + j, sum);
    }
  }
  for (let i = 0; i < count; i++) {
    const p = partition(index, load<u32>(probe(probes, i)));
    const start: f32 = residual(index) ? load<f32>(probe(probes, i), 8) : 0;
    const n = load<i32>(p, 28);
    const ids = <usize>load<u32>(p, 24);
    const norms = squared(index) ? <usize>load<u32>(p, 20) : 0;
    let codes = <usize>load<u32>(p);
    for (let row = 0; row < n; row++, codes += m) {
      let even = start;
      let odd: f32 = 0;
      let block = 0;
      for (; block + 1 < m; block += 2) {
        even += load<f32>(tables + (<usize>block << 10) + (<usize>load<u8>(codes + block) << 2));
        odd += load<f32>(tables + (<usize>block << 10) + (<usize>load<u8>(codes + block, 1) << 2), 1024);
      }
      if (block < m) even += load<f32>(tables + (<usize>block << 10) + (<usize>load<u8>(codes + block) << 2));
      let score = even + odd;
      const at = <usize>row << 2;
      if (norms) score = score + score - load<f32>(norms + at) - norm;
      if (!(score >= topKThreshold(heap))) continue;
      const id = load<u32>(ids + at);
      if (passes(mask, id)) topKPush(heap, score, numbered ? load<u32>(probe(probes, i), 4) + row : id);
    }
  }
}

/** 16 codewords a block: sums of 7-bit tables, then the best again, or scores as the tables say. */
function searchCodes4(
  index: usize, query: usize, probes: usize, count: i32, keep: i32, again: bool, norm: f32, mask: usize, top: usize,
  scratch: usize,
): void {
  const m = blocks(index);
  const floats = scratch;
  const tables = floats + up(<usize>m << 6);
  const lanes = tables + up(<usize>m << 4);
  const candidates = lanes + 64;
  let rest = candidates + up(16 + (<usize>(2 * keep + 72) << 3));

  let widest: f32 = 0;
  let widths: f32 = 0;
  let constant: f32 = 0;
  const w = width(index);
  for (let block = 0; block < m; block++) {
    const words = codebook(index) + (<usize>(block * w) << 6);
    let a = f32x4.splat(0);
    let b = a, c = a, d = a;
    for (let t = 0; t < w; t++) {
      const x = v128.load_splat<f32>(query + (<usize>(block * w + t) << 2));
      const at = words + (<usize>t << 6);
      a = madd(x, v128.load(at), a);
      b = madd(x, v128.load(at, 16), b);
      c = madd(x, v128.load(at, 32), c);
      d = madd(x, v128.load(at, 48), d);
    }
    let most = f32x4.pmax(f32x4.pmax(a, b), f32x4.pmax(c, d));
    let least = f32x4.pmin(f32x4.pmin(a, b), f32x4.pmin(c, d));
    most = f32x4.pmax(most, v128.shuffle<i32>(most, most, 2, 3, 0, 1));
    most = f32x4.pmax(most, v128.shuffle<i32>(most, most, 1, 0, 3, 2));
    least = f32x4.pmin(least, v128.shuffle<i32>(least, least, 2, 3, 0, 1));
    least = f32x4.pmin(least, v128.shuffle<i32>(least, least, 1, 0, 3, 2));
    const range = f32x4.extract_lane(most, 0) - f32x4.extract_lane(least, 0);
    widest = max(widest, range);
    widths += range;
    constant += f32x4.extract_lane(most, 0);
    const at = floats + (<usize>block << 6);
    v128.store(at, f32x4.sub(most, a));
    v128.store(at, f32x4.sub(most, b), 16);
    v128.store(at, f32x4.sub(most, c), 32);
    v128.store(at, f32x4.sub(most, d), 48);
  }
  // Units a score: tables stay below 128, sums below 2^15 with the row bias on top.
  const unit = biasUnit(index);
  let scale: f32 = widest > 0 ? <f32>127 / widest : 1;
  const room: f32 = (unit > 0 ? <f32>16000 : <f32>32000) - <f32>m;
  if (widths * scale > room) scale = room / widths;
  if (unit > 0) scale = min(scale, <f32>16000 / (unit * 32767));
  const scales = f32x4.splat(scale);
  const half = f32x4.splat(0.5);
  for (let block = 0; block < m; block++) {
    const at = floats + (<usize>block << 6);
    const a = i32x4.trunc_sat_f32x4_s(f32x4.add(f32x4.mul(v128.load(at), scales), half));
    const b = i32x4.trunc_sat_f32x4_s(f32x4.add(f32x4.mul(v128.load(at, 16), scales), half));
    const c = i32x4.trunc_sat_f32x4_s(f32x4.add(f32x4.mul(v128.load(at, 32), scales), half));
    const d = i32x4.trunc_sat_f32x4_s(f32x4.add(f32x4.mul(v128.load(at, 48), scales), half));
    v128.store(
      tables + (<usize>block << 4),
      i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_s(a, b), i16x8.narrow_i32x4_s(c, d)),
    );
  }

  let highest: f32 = -Infinity;
  for (let i = 0; i < count; i++) highest = max(highest, load<f32>(probe(probes, i), 8));
  if (!residual(index)) highest = 0;
  const factor = <i32>(unit * scale * 32768 + 0.5);
  candidatesReset(candidates, keep, 2 * keep + 64);
  for (let i = 0; i < count; i++) {
    const p = partition(index, load<u32>(probe(probes, i)));
    const behind: f32 = residual(index) ? (highest - load<f32>(probe(probes, i), 8)) * scale : 0;
    scanCodes4(
      tables, load<u32>(p), m, load<i32>(p, 28), <i32>(min(behind, <f32>500000000) + 0.5), load<u32>(p, 4), factor,
      load<u32>(p, 24), load<u32>(probe(probes, i), 4), mask, candidates, lanes,
    );
  }
  const found = candidatesShrink(candidates);
  const keys = candidates + 16;
  if (again) {
    for (let i = 0; i < found; i++) store<u32>(rest + (<usize>i << 2), load<u32>(keys + (<usize>i << 3)));
    rescore(index, query, probes, count, rest, found, top, rest + up(<usize>keep << 2));
    return;
  }
  const best = highest + constant - biasBase(index);
  for (let i = 0; i < found; i++) {
    const key = load<u64>(keys + (<usize>i << 3));
    let score = best - <f32>(<u32>(key >> 32)) / scale;
    if (squared(index)) score = score + score - norm;
    const number = <u32>key;
    const at = findProbe(probes, count, number);
    const p = partition(index, load<u32>(at));
    topKPush(top, score, load<u32>(<usize>load<u32>(p, 24) + (<usize>(number - load<u32>(at, 4)) << 2)));
  }
}

/** The last probe whose first number is not above `number`. */
@inline function findProbe(probes: usize, count: i32, number: u32): usize {
  let low = 0;
  let high = count - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (load<u32>(probe(probes, middle), 4) <= number) low = middle;
    else high = middle - 1;
  }
  return probe(probes, low);
}

/**
 * Scores the numbered rows by the finest rows that are kept, into `top` by id.
 *
 * `scratch`: 2 bytes a dimension of an int8 row.
 */
export function rescore(
  index: usize, query: usize, probes: usize, count: i32, numbers: usize, n: i32, top: usize, scratch: usize,
): void {
  const kind = reorderKind(index) != 0 ? reorderKind(index) : codeKind(index) == F32 ? 3 : 1;
  const l2 = squared(index);
  let unit: f32 = 0;
  let norm: f32 = 0;
  if (kind == 1) {
    unit = quantizeQuery(query, stride(index), scratch, strideI8(index));
    if (l2) norm = scoreF32(query, query, stride(index), false);
  }
  for (let i = 0; i < n; i++) {
    const number = load<u32>(numbers + (<usize>i << 2));
    const at = findProbe(probes, count, number);
    const p = partition(index, load<u32>(at));
    const slot = <usize>(number - load<u32>(at, 4));
    let score: f32;
    if (kind == 1) {
      const dot = dotI8(scratch, <usize>load<u32>(p, 8) + slot * strideI8(index), strideI8(index));
      score = <f32>dot * (load<f32>(<usize>load<u32>(p, 12) + (slot << 2)) * unit);
      if (l2) score = score + score - load<f32>(<usize>load<u32>(p, 20) + (slot << 2)) - norm;
    } else if (kind == 2) score = scoreBf16(query, <usize>load<u32>(p, 16) + (slot * strideBf16(index) << 1), strideBf16(index), l2);
    else score = scoreF32(query, <usize>load<u32>(p, 16) + (slot * stride(index) << 2), stride(index), l2);
    topKPush(top, score, load<u32>(<usize>load<u32>(p, 24) + (slot << 2)));
  }
}

/** Rows of upper halves of floats; the query is padded to a multiple of 8. */
@inline function scoreBf16(query: usize, row: usize, n: i32, l2: bool): f32 {
  let a = f32x4.splat(0);
  let b = a;
  for (let j: usize = 0; j < <usize>n; j += 8) {
    const halves = v128.load(row + (j << 1));
    let x = i32x4.shl(i32x4.extend_low_i16x8_u(halves), 16);
    let y = i32x4.shl(i32x4.extend_high_i16x8_u(halves), 16);
    const q = v128.load(query + (j << 2));
    const r = v128.load(query + (j << 2), 16);
    if (l2) {
      x = f32x4.sub(q, x);
      y = f32x4.sub(r, y);
      a = madd(x, x, a);
      b = madd(y, y, b);
    } else {
      a = madd(x, q, a);
      b = madd(y, r, b);
    }
  }
  const sum = sumF32(f32x4.add(a, b));
  return l2 ? -sum : sum;
}

/**
 * Queries one after another: ids and scores `[queries, k]` and how many each found. `queryBytes`: from one to the next.
 * `scratch`: {@link scratchBytes} and a heap of k.
 */
export function searchBatch(
  index: usize, queries: usize, queryCount: i32, queryBytes: i32, probeCount: i32, keep: i32, k: i32, mask: usize,
  outIds: usize, outScores: usize, outCounts: usize, scratch: usize,
): void {
  const top = scratch;
  const probes = top + up(16 + (<usize>k << 3));
  const rest = probes + up(<usize>max(probeCount, 1) << 4);
  for (let i = 0; i < queryCount; i++) {
    const query = queries + <usize>i * queryBytes;
    topKReset(top, k);
    const found = selectPartitions(index, query, probeCount, probes, rest);
    searchProbes(index, query, probes, found, keep, mask, top, rest);
    const at = <usize>(i * k) << 2;
    store<i32>(outCounts + (<usize>i << 2), topKTake(top, outIds + at, outScores + at));
  }
}
