import type { SearchDescriptor } from '../search-descriptor.js';
import type { Heap } from './heap.js';
import { type Probe, partitionOf } from './index-layout.js';
import { squaredScore } from './int8.js';
import { createCandidates, scanCodes4, shrink } from './lut16.js';
import { rescoreList } from './rescore.js';
import { passes, topKPush } from './top-k.js';

const { fround } = Math;

/** Which partitions are scanned, into what. */
export interface ProbeScan {
  readonly probes: readonly Probe[];
  readonly mask: number;
  readonly top: number;
  readonly norm: number;
  readonly numbered: boolean;
}

interface TableParts {
  readonly query: number;
  readonly codebook: number;
  readonly blocks: number;
  readonly width: number;
  readonly codewords: number;
}

/** Dot products of every block of the query with its codewords. */
function floatTables(f32: Float32Array, { query, codebook, blocks, width, codewords }: TableParts): Float32Array {
  const tables = new Float32Array(blocks * codewords);
  for (let m = 0; m < blocks; m++)
    for (let j = 0; j < codewords; j++) {
      let sum = 0;
      for (let t = 0; t < width; t++)
        sum = fround(sum + fround(f32[query + m * width + t]! * f32[codebook + (m * width + t) * codewords + j]!));
      tables[m * codewords + j] = sum;
    }
  return tables;
}

/** 256 codewords a block: sums of float tables. */
export function searchCodes8(heap: Heap, index: SearchDescriptor, query: number, scan: ProbeScan): void {
  const { f32, u32, u8 } = heap;
  const { blocks, width, codebook } = index;
  const tables = floatTables(f32, { query: query >>> 2, codebook: codebook >>> 2, blocks, width, codewords: 256 });
  for (const probe of scan.probes) {
    const p = partitionOf(heap, index, probe.partition);
    for (let row = 0; row < p.n; row++) {
      let even = index.residual ? probe.dot : 0;
      let odd = 0;
      for (let m = 0; m < blocks; m++) {
        const value = tables[m * 256 + u8[p.codes + row * blocks + m]!]!;
        if (m % 2 === 0) even = fround(even + value);
        else odd = fround(odd + value);
      }
      let score = fround(even + odd);
      if (index.squared) score = squaredScore(score, f32[(p.norms >>> 2) + row]!, scan.norm);
      if (!(score >= f32[(scan.top >>> 2) + 2]!)) continue;
      const id = u32[(p.ids >>> 2) + row]!;
      if (passes(heap, scan.mask, id)) topKPush(heap, scan.top, score, scan.numbered ? probe.base + row : id);
    }
  }
}

/** 16 codewords a block: sums of 7-bit tables, then the best again, or scores as the tables say. */
export function searchCodes4(
  heap: Heap,
  index: SearchDescriptor,
  query: number,
  scan: ProbeScan & { keep: number; scratch: number },
): void {
  const { f32, u32 } = heap;
  const { blocks, width, codebook } = index;
  const floats = floatTables(f32, { query: query >>> 2, codebook: codebook >>> 2, blocks, width, codewords: 16 });
  let widest = 0;
  let widths = 0;
  let constant = 0;
  for (let m = 0; m < blocks; m++) {
    const table = floats.subarray(16 * m, 16 * m + 16);
    const most = Math.max(...table);
    const range = fround(most - Math.min(...table));
    widest = Math.max(widest, range);
    widths = fround(widths + range);
    constant = fround(constant + most);
    for (let j = 0; j < 16; j++) table[j] = most - table[j]!;
  }
  const unit = index.biasUnit;
  let scale = widest > 0 ? fround(127 / widest) : 1;
  const room = (unit > 0 ? 16000 : 32000) - blocks;
  if (fround(widths * scale) > room) scale = fround(room / widths);
  if (unit > 0) scale = Math.min(scale, fround(16000 / fround(unit * 32767)));
  const tables = Uint8Array.from(floats, (value) => fround(fround(value * scale) + 0.5));
  const highest = index.residual
    ? scan.probes.reduce((best, { dot }) => Math.max(best, dot), Number.NEGATIVE_INFINITY)
    : 0;
  const candidates = createCandidates(scan.keep);
  for (const probe of scan.probes) {
    const p = partitionOf(heap, index, probe.partition);
    const behind = index.residual ? fround(fround(highest - probe.dot) * scale) : 0;
    scanCodes4(
      heap,
      {
        tables,
        codes: p.codes,
        blocks,
        n: p.n,
        distance: Math.trunc(fround(Math.min(behind, 500000000) + 0.5)),
        rowBias: p.bias,
        rowBiasFactor: Math.trunc(fround(fround(fround(unit * scale) * 32768) + 0.5)),
        ids: p.ids,
        base: probe.base,
        mask: scan.mask,
      },
      candidates,
    );
  }
  shrink(candidates);
  const { list } = candidates;
  if (scan.numbered) {
    rescoreList(heap, index, query, { ...scan, numbers: list.map(({ number }) => number) });
    return;
  }
  const best = fround(fround(highest + constant) - index.biasBase);
  for (const { distance, number } of list) {
    let score = fround(best - fround(fround(distance) / scale));
    if (index.squared) score = fround(fround(score + score) - scan.norm);
    const probe = scan.probes.findLast(({ base }) => base <= number)!;
    topKPush(heap, scan.top, score, u32[(partitionOf(heap, index, probe.partition).ids >>> 2) + number - probe.base]!);
  }
}
