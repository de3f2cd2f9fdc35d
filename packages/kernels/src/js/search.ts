import type { KernelFunctions } from '../kernel-functions.js';
import { type CodeKindNumber, readDescriptor, type SearchDescriptor } from '../search-descriptor.js';
import type { Heap } from './heap.js';
import { dotI8, quantizeQuery, scanI8, squaredScore } from './int8.js';
import { createCandidates, scanCodes4, shrink } from './lut16.js';
import { scanF32, scoreF32 } from './scan-f32.js';
import { passes, topKPush, topKReset, topKTake } from './top-k.js';

const { fround } = Math;
const codeKinds = { f32: 0, int8: 1, pq4: 2, pq8: 3 } satisfies Record<string, CodeKindNumber>;

type SearchFunctions = Pick<
  KernelFunctions,
  'rescore' | 'scratchBytes' | 'searchBatch' | 'searchProbes' | 'selectPartitions'
>;

interface Probe {
  readonly partition: number;
  readonly base: number;
  readonly dot: number;
}

/** Twin of assembly/search.ts: the same steps, the same results; plain arrays where the SIMD build has scratch. */
export function search(heap: Heap): SearchFunctions {
  const exact = scanF32(heap);
  const up = (bytes: number) => Math.ceil(bytes / 64) * 64;

  const partitionOf = (index: SearchDescriptor, number: number) => {
    const [codes, bias, int8, scales, rows, norms, ids, n] = heap.u32.subarray(
      (index.table >>> 2) + 8 * number,
      (index.table >>> 2) + 8 * number + 8,
    ) as unknown as [number, number, number, number, number, number, number, number];
    return { codes, bias, int8, scales, rows, norms, ids, n };
  };

  const readProbes = (probes: number, count: number): Probe[] =>
    Array.from({ length: count }, (_, i) => {
      const at = (probes >>> 2) + 4 * i;
      return { partition: heap.u32[at]!, base: heap.u32[at + 1]!, dot: heap.f32[at + 2]! };
    });

  const scratchBytes: SearchFunctions['scratchBytes'] = (offset, probeCount, keep) => {
    const index = readDescriptor(heap.u32, offset);
    return (
      up(4 * (index.partitions + 8)) +
      4 * up(16 + 8 * probeCount) +
      up(2 * index.strideI8) +
      up(16 + 8 * keep) * 3 +
      256
    );
  };

  const selectPartitions: SearchFunctions['selectPartitions'] = (offset, query, count, probes, scratch) => {
    const index = readDescriptor(heap.u32, offset);
    const { f32, u32 } = heap;
    const chosen: { partition: number; dot: number; rank: number }[] = [];
    if (index.centroids === 0)
      for (let partition = 0; partition < index.partitions; partition++) chosen.push({ partition, dot: 0, rank: 0 });
    else {
      const top = scratch;
      const ids = top + up(16 + 8 * count);
      topKReset(heap, top, count);
      const dots = new Float32Array(index.partitions);
      for (let p = 0; p < index.partitions; p++) {
        dots[p] = scoreF32(f32, query >>> 2, (index.centroids >>> 2) + p * index.stride, index.stride, false);
        topKPush(heap, top, fround(dots[p]! + f32[(index.centroidBias >>> 2) + p]!), p);
      }
      const found = topKTake(heap, top, ids, ids + up(4 * count));
      for (let i = 0; i < found; i++) {
        const partition = u32[(ids >>> 2) + i]!;
        chosen.push({ partition, dot: dots[partition]!, rank: f32[((ids + up(4 * count)) >>> 2) + i]! });
      }
    }
    let base = 0;
    chosen.forEach(({ partition, dot, rank }, i) => {
      const at = (probes >>> 2) + 4 * i;
      u32[at] = partition;
      u32[at + 1] = base;
      f32[at + 2] = dot;
      f32[at + 3] = rank;
      base += partitionOf(index, partition).n;
    });
    return chosen.length;
  };

  const rescoreList = (
    index: SearchDescriptor,
    query: number,
    list: { probes: Probe[]; numbers: readonly number[]; top: number; scratch: number },
  ) => {
    const { f32, u32 } = heap;
    const { probes, numbers, top, scratch } = list;
    const kind = index.reorder !== 0 ? index.reorder : index.codes === codeKinds.f32 ? 3 : 1;
    const unit = kind === 1 ? quantizeQuery(heap, query, index.stride, scratch, index.strideI8) : 0;
    const norm = index.squared ? scoreF32(f32, query >>> 2, query >>> 2, index.stride, false) : 0;
    for (const number of numbers) {
      const probe = probes.findLast(({ base }) => base <= number)!;
      const p = partitionOf(index, probe.partition);
      const slot = number - probe.base;
      let score: number;
      if (kind === 1) {
        const dot = fround(dotI8(heap, scratch, p.int8 + slot * index.strideI8, index.strideI8));
        score = fround(dot * fround(f32[(p.scales >>> 2) + slot]! * unit));
        if (index.squared) score = squaredScore(score, f32[(p.norms >>> 2) + slot]!, norm);
      } else if (kind === 2) score = scoreBf16(heap, query, p.rows + 2 * slot * index.strideBf16, index);
      else score = scoreF32(f32, query >>> 2, (p.rows >>> 2) + slot * index.stride, index.stride, index.squared);
      topKPush(heap, top, score, u32[(p.ids >>> 2) + slot]!);
    }
  };

  const searchCodes8 = (index: SearchDescriptor, query: number, scan: ProbeScan) => {
    const { f32, u32, u8 } = heap;
    const { blocks, width, codebook } = index;
    const tables = floatTables(f32, { query: query >>> 2, codebook: codebook >>> 2, blocks, width, codewords: 256 });
    for (const probe of scan.probes) {
      const p = partitionOf(index, probe.partition);
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
  };

  const searchCodes4 = (
    index: SearchDescriptor,
    query: number,
    scan: ProbeScan & { keep: number; scratch: number },
  ) => {
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
      const p = partitionOf(index, probe.partition);
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
      rescoreList(index, query, { ...scan, numbers: list.map(({ number }) => number) });
      return;
    }
    const best = fround(fround(highest + constant) - index.biasBase);
    for (const { distance, number } of list) {
      let score = fround(best - fround(fround(distance) / scale));
      if (index.squared) score = fround(fround(score + score) - scan.norm);
      const probe = scan.probes.findLast(({ base }) => base <= number)!;
      topKPush(heap, scan.top, score, u32[(partitionOf(index, probe.partition).ids >>> 2) + number - probe.base]!);
    }
  };

  const searchProbes: SearchFunctions['searchProbes'] = (offset, query, probesAt, count, keep, mask, top, scratch) => {
    const index = readDescriptor(heap.u32, offset);
    const probes = readProbes(probesAt, count);
    const numbered = index.reorder !== 0 && index.codes !== codeKinds.f32;
    const norm = index.squared ? scoreF32(heap.f32, query >>> 2, query >>> 2, index.stride, false) : 0;
    if (index.codes === codeKinds.pq4) {
      const wanted = numbered ? keep : heap.i32[(top >>> 2) + 1]!;
      searchCodes4(index, query, { probes, mask, top, norm, numbered, keep: wanted, scratch });
      return;
    }
    const heapAt = numbered ? scratch : top;
    const rest = numbered ? scratch + up(16 + 8 * keep) : scratch;
    if (numbered) topKReset(heap, heapAt, keep);
    if (index.codes === codeKinds.pq8) searchCodes8(index, query, { probes, mask, top: heapAt, norm, numbered });
    const unit = index.codes === codeKinds.int8 ? quantizeQuery(heap, query, index.stride, rest, index.strideI8) : 0;
    for (const probe of probes) {
      const p = partitionOf(index, probe.partition);
      const { ids, n } = p;
      if (index.codes === codeKinds.f32)
        exact.scanF32(query, 1, p.rows, n, index.stride, ids, 0, mask, 0, top, 0, index.squared ? 1 : 0);
      if (index.codes === codeKinds.int8) {
        const norms = index.squared ? p.norms : 0;
        const rows = { rows: p.int8, scales: p.scales, norms, n, stride: index.strideI8, ids, base: probe.base };
        scanI8(heap, { ...rows, query: rest, unit, queryNorm: norm, numbered, mask, top: heapAt });
      }
    }
    if (!numbered) return;
    const found = topKTake(heap, heapAt, rest, rest + 4 * keep);
    const numbers = [...heap.u32.subarray(rest >>> 2, (rest >>> 2) + found)];
    rescoreList(index, query, { probes, numbers, top, scratch: rest + up(8 * keep) });
  };

  return {
    scratchBytes,
    selectPartitions,
    searchProbes,
    rescore(offset, query, probes, count, numbers, n, top, scratch) {
      const list = [...heap.u32.subarray(numbers >>> 2, (numbers >>> 2) + n)];
      rescoreList(readDescriptor(heap.u32, offset), query, {
        probes: readProbes(probes, count),
        numbers: list,
        top,
        scratch,
      });
    },
    searchBatch(
      index,
      queries,
      queryCount,
      queryBytes,
      probeCount,
      keep,
      k,
      mask,
      outIds,
      outScores,
      outCounts,
      scratch,
    ) {
      const probes = scratch + up(16 + 8 * k);
      const rest = probes + up(16 * Math.max(probeCount, 1));
      for (let i = 0; i < queryCount; i++) {
        const query = queries + i * queryBytes;
        topKReset(heap, scratch, k);
        const found = selectPartitions(index, query, probeCount, probes, rest);
        searchProbes(index, query, probes, found, keep, mask, scratch, rest);
        heap.i32[(outCounts >>> 2) + i] = topKTake(heap, scratch, outIds + 4 * i * k, outScores + 4 * i * k);
      }
    },
  };
}

interface ProbeScan {
  readonly probes: Probe[];
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

/** Rows of upper halves of floats, in the order of the SIMD lanes: eight sums, folded 4 + 4, then 2 + 2. */
function scoreBf16(heap: Heap, query: number, row: number, index: SearchDescriptor): number {
  const sums = new Float32Array(8);
  const { f32, u16 } = heap;
  const asFloat = new Float32Array(1);
  const asBits = new Uint32Array(asFloat.buffer);
  for (let j = 0; j < index.strideBf16; j++) {
    asBits[0] = u16[(row >>> 1) + j]! << 16;
    const q = f32[(query >>> 2) + j]!;
    const difference = fround(q - asFloat[0]!);
    const term = index.squared ? fround(difference * difference) : fround(asFloat[0]! * q);
    sums[j % 8] = sums[j % 8]! + term;
  }
  const [a, b, c, d] = [0, 1, 2, 3].map((lane) => fround(sums[lane]! + sums[lane + 4]!)) as [
    number,
    number,
    number,
    number,
  ];
  const sum = fround(fround(a + c) + fround(b + d));
  return index.squared ? -sum : sum;
}
