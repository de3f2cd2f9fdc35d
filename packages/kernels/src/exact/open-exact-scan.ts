import { assertFinite, type JobOptions, NearkinError, throwIfAborted, type Vectors } from '@nearkin/core';
import { checkQueries } from '../check-queries.js';
import { type Kernels, loadKernels } from '../load-kernels.js';
import { openWorkerPool } from '../worker-pool.js';
import type { CodeKind } from './code-limits.js';
import { copyRows, createCodedGallery, lengthRange } from './coded-gallery.js';
import { encodeQueries, queryInfoBytes } from './encode-queries.js';
import type { TopK } from './top-k.js';

export interface OpenExactScanOptions {
  /** Shape `[rows, dim]`; copied. */
  readonly rows: Vectors;
  /** `cosine` and `dot`: higher is better; `squaredL2`: scores are minus the squared distance. */
  readonly metric: 'cosine' | 'dot' | 'squaredL2';
  /** Threads: a number, or `auto` for one a core. Default 1. The answer does not depend on it. */
  readonly workers?: number | 'auto' | undefined;
  /** Default: loaded for this scan. */
  readonly kernels?: Kernels | undefined;
}

export interface ScanQueries extends JobOptions {
  /** Shape `[queries, dim]`. */
  readonly queries: Vectors;
  /** Rows wanted for each query; more than there are gives all. */
  readonly k: number;
  /** For each query a row that must not be found (itself, in leave-one-out), -1 for none. */
  readonly exclude?: Int32Array | undefined;
}

/** Rows that stay in kernel memory, to be asked many times. */
export interface ExactScan {
  /** Rows there are. */
  readonly count: number;
  readonly dim: number;
  /**
   * The exact best `k` rows of every query; equal scores: the smaller row first. One call at a time.
   *
   * @throws {NearkinError} `DIMENSION_MISMATCH`, `INVALID_ARGUMENT` (k, exclude, a call before the last has ended),
   *   `NON_FINITE`, `ABORTED`, `DISPOSED`
   */
  topK(asked: ScanQueries): Promise<TopK>;
  /** Frees the memory and ends the workers. */
  dispose(): void;
}

const heapBytesAtATime = 16 << 20;
const queriesAtATime = 1024;
/** Multiplications of one call of a thread: a fraction of a second, after which the signal is looked at. */
const workAtATime = 2 ** 32;
/** Queries by which a new coding is tried out. */
const trialQueries = 64;
/** Below it codes cost more than they spare. */
const leastRows = 1024;

/**
 * Copies the rows once and keeps the workers for many calls. The answers are those of {@link exactTopK}, bit for bit:
 * rows are compared in whole numbers first, and only those are scored whose bound says that they may belong to the
 * best. Where the bound does not tell rows apart, finer codes take over, and at last none.
 *
 * Memory: the rows, a fourth or half as much for codes, and up to 16 MB for heaps.
 *
 * @throws {NearkinError} `NON_FINITE`, `TOO_LARGE`
 * @example
 * const rows = createVectors(new Float32Array([1, 0, 0, 1, 1, 1]), 2);
 * const scan = await openExactScan({ rows, metric: 'dot' });
 * const best = await scan.topK({ queries: rows, k: 2 });
 * console.log([...best.rows]); // [0, 2, 1, 2, 2, 0]
 * scan.dispose();
 */
export async function openExactScan(options: OpenExactScanOptions): Promise<ExactScan> {
  const { rows, metric, workers = 1 } = options;
  assertFinite(rows);
  const { count, dim } = rows;
  const kernels = options.kernels ?? (await loadKernels({ shared: workers !== 1 }));
  const { memory } = kernels;
  const coded = kernels.engine !== 'js' && count >= leastRows;
  let gallery = createCodedGallery(rows, { kernels, metric, kind: coded ? 'packed' : undefined });
  const { stride } = gallery;
  const pool = await openWorkerPool(kernels, workers);
  let tried = false;
  let state: 'idle' | 'busy' | 'disposed' = 'idle';
  await pool.send(gallery.rows, (count + 16) * stride * 4);
  await pool.send(gallery.offset, gallery.bytes);

  return {
    count,
    dim,
    async topK(asked) {
      const { queries, exclude, signal, onProgress } = asked;
      if (state !== 'idle') throw notIdle(state);
      checkQueries({ ...asked, dim });
      const k = Math.min(asked.k, count);
      const result = {
        k,
        rows: new Int32Array(queries.count * k).fill(-1),
        scores: new Float32Array(queries.count * k).fill(Number.NEGATIVE_INFINITY),
      };
      if (k === 0 || queries.count === 0) return result;
      state = 'busy';
      const topBytes = 16 + 8 * k;
      const most = Math.min(
        queries.count,
        pool.size * Math.max(4, Math.min(queriesAtATime, Math.floor(workAtATime / (count * dim)))),
        Math.max(1, Math.floor(heapBytesAtATime / topBytes)),
      );
      const places = placesOf({ queries: most, stride, dim, topBytes, k });
      const block = memory.allocate(places.bytes);
      try {
        for (let first = 0; first < queries.count; ) {
          throwIfAborted(signal);
          const n = Math.min(tried ? most : Math.min(most, trialQueries), queries.count - first);
          await answer({ queries, exclude, k, result, first, n, block, places });
          first += n;
          onProgress?.({ done: first, total: queries.count, phase: 'compare' });
        }
      } finally {
        memory.free(block);
        if (state === 'busy') state = 'idle';
        else close();
      }
      return result;
    },
    dispose() {
      if (state === 'idle') close();
      state = 'disposed';
    },
  };

  function close(): void {
    pool.close();
    gallery.dispose();
  }

  /** Answers queries `first` to `first + n`. */
  async function answer(batch: Batch): Promise<void> {
    const { queries, exclude, k, result, first, n, block, places } = batch;
    const topBytes = 16 + 8 * k;
    const some = { ...queries, count: n, data: queries.data.subarray(first * dim, (first + n) * dim) };
    const at = (place: number) => block + place;
    const floats = memory.f32(at(places.queries), n * stride).fill(0);
    copyRows(some, floats, { stride, unit: metric === 'cosine' });
    if (exclude) memory.i32(at(places.exclude), n).set(exclude.subarray(first, first + n));
    for (let q = 0; q < n; q++) kernels.topKReset(at(places.tops) + q * topBytes, k);
    const infos = new Float64Array(memory.buffer, at(places.infos), n * 8);
    const codes = memory.i16(at(places.codes), n * Math.ceil(dim / 2) * 2);
    const { kind, mean, longestCodes } = gallery;
    const squared = metric === 'squaredL2';
    if (kind)
      encodeQueries({ data: floats, count: n, dim, stride }, { kind, squared, mean, longestCodes, codes, infos });
    const usable = kind !== undefined && infos.every((value, i) => i % 8 !== 4 || value <= lengthRange.most);
    await pool.send(block, places.out);
    const share = Math.ceil(n / pool.size / 4) * 4;
    const calls = [];
    for (let start = 0; start < n; start += share) {
      const m = Math.min(share, n - start);
      const asked = at(places.queries) + start * stride * 4;
      const skip = exclude ? at(places.exclude) + start * 4 : 0;
      const tops = at(places.tops) + start * topBytes;
      const info = at(places.infos) + start * queryInfoBytes;
      const code = at(places.codes) + start * Math.ceil(dim / 2) * 4;
      calls.push({
        ...(usable
          ? {
              name: 'scanCodes' as const,
              args: [gallery.offset, kind === 'packed' ? 1 : 0, asked, code, info, m, skip, tops, topBytes],
            }
          : {
              name: 'scanF32' as const,
              args: [asked, m, gallery.rows, count, stride, 0, 0, 0, skip, tops, topBytes, squared ? 1 : 0],
            }),
        result: { offset: tops, bytes: m * topBytes },
      });
    }
    const scored = (await pool.run(calls)).reduce((a, b) => a + b, 0);
    for (let q = 0; q < n; q++) {
      const found = kernels.topKTake(at(places.tops) + q * topBytes, at(places.out), at(places.out) + k * 4);
      result.rows.set(memory.i32(at(places.out), found), (first + q) * k);
      result.scores.set(memory.f32(at(places.out) + k * 4, found), (first + q) * k);
    }
    tried = true;
    if (usable && kind) await judge(kind, scored / (n * count) - unavoidable(k));
  }

  /** The share of rows that enter a heap of k on the way, in any order of rows without trend. */
  function unavoidable(k: number): number {
    return (k * (1 + Math.log(count / k))) / count;
  }

  /** Goes over to finer codes, or to none, where too many rows had to be scored: then the comparison was for nothing. */
  async function judge(kind: CodeKind, needless: number): Promise<void> {
    if (needless <= (kind === 'packed' ? 0.07 : 0.2)) return;
    gallery = gallery.recode(kind === 'packed' ? 'plain' : undefined);
    tried = false;
    await pool.send(gallery.offset, gallery.bytes);
  }
}

interface Batch {
  readonly queries: Vectors;
  readonly exclude: Int32Array | undefined;
  readonly k: number;
  readonly result: TopK;
  readonly first: number;
  readonly n: number;
  readonly block: number;
  readonly places: ReturnType<typeof placesOf>;
}

/** One block, cut up; all of it but the output goes to workers that have a memory of their own. */
function placesOf(size: { queries: number; stride: number; dim: number; topBytes: number; k: number }) {
  const align = (bytes: number) => Math.ceil(bytes / 64) * 64;
  let bytes = 0;
  const place = (wanted: number) => {
    const start = bytes;
    bytes += align(wanted);
    return start;
  };
  const queries = place(size.queries * size.stride * 4);
  const codes = place(size.queries * Math.ceil(size.dim / 2) * 4);
  const infos = place(size.queries * queryInfoBytes);
  const exclude = place(size.queries * 4);
  const tops = place(size.queries * size.topBytes);
  const out = place(size.k * 8);
  return { queries, codes, infos, exclude, tops, out, bytes };
}

function notIdle(state: 'busy' | 'disposed'): NearkinError {
  return state === 'disposed'
    ? new NearkinError('DISPOSED', 'Expected an open scan, got one that was disposed; open another.')
    : new NearkinError('INVALID_ARGUMENT', 'Expected one call at a time, got a second; await the first.');
}
