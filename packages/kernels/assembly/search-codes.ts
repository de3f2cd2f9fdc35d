// Scans of product codes: tables of the query's products with every codeword, sums of them by the rows' codes.
import {
  candidatesBytes, candidatesDistance, candidatesNumbers, candidatesReset, candidatesShrink,
} from './candidates';
import {
  biasBase, biasUnit, blocks, codebook, findProbe, partition, probe, residual, squared, up, width,
} from './index-layout';
import { scanCodes4 } from './lut16';
import { rescore } from './rescore';
import { madd } from './simd';
import { passes, topKPush, topKThreshold } from './top-k';

/** 256 codewords a block: sums of float tables. */
export function searchCodes8(
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
export function searchCodes4(
  index: usize, query: usize, probes: usize, count: i32, keep: i32, again: bool, norm: f32, mask: usize, top: usize,
  scratch: usize,
): void {
  const m = blocks(index);
  const floats = scratch;
  const tables = floats + up(<usize>m << 6);
  const lanes = tables + up(<usize>m << 4);
  const candidates = lanes + 64;
  const rest = candidates + up(candidatesBytes(keep));

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
  candidatesReset(candidates, keep);
  for (let i = 0; i < count; i++) {
    const p = partition(index, load<u32>(probe(probes, i)));
    const behind: f32 = residual(index) ? (highest - load<f32>(probe(probes, i), 8)) * scale : 0;
    scanCodes4(
      tables, load<u32>(p), m, load<i32>(p, 28), <i32>(min(behind, <f32>500000000) + 0.5), load<u32>(p, 4), factor,
      load<u32>(p, 24), load<u32>(probe(probes, i), 4), mask, candidates, lanes,
    );
  }
  const found = candidatesShrink(candidates);
  const numbers = candidatesNumbers(candidates);
  if (again) {
    rescore(index, query, probes, count, numbers, found, top, rest);
    return;
  }
  const best = highest + constant - biasBase(index);
  for (let i = 0; i < found; i++) {
    let score = best - <f32>candidatesDistance(candidates, i) / scale;
    if (squared(index)) score = score + score - norm;
    const number = load<u32>(numbers + (<usize>i << 2));
    const at = findProbe(probes, count, number);
    const p = partition(index, load<u32>(at));
    topKPush(top, score, load<u32>(<usize>load<u32>(p, 24) + (<usize>(number - load<u32>(at, 4)) << 2)));
  }
}
