import { assertFinite, type JobOptions, l2Normalize, throwIfAborted, type Vectors } from '@nearkin/core';
import { checkQueries } from './check-queries.js';
import { openExactScan } from './exact/open-exact-scan.js';
import type { TopK } from './exact/top-k.js';
import { type Kernels, loadKernels } from './load-kernels.js';
import { openWorkerPool, type WorkerPool } from './worker-pool.js';

export interface ExactTopKOptions extends JobOptions {
  /** Shape `[queries, dim]`. */
  readonly queries: Vectors;
  /** Shape `[rows, dim]`. */
  readonly rows: Vectors;
  /** Rows wanted for each query; more than there are gives all. */
  readonly k: number;
  /** `cosine` and `dot`: higher is better; `squaredL2`: scores are minus the squared distance. */
  readonly metric: 'cosine' | 'dot' | 'squaredL2';
  /** For each query a row that must not be found (itself, in leave-one-out), -1 for none. */
  readonly exclude?: Int32Array | undefined;
  /** Threads: a number, or `auto` for one a core. Default 1. The answer does not depend on it. */
  readonly workers?: number | 'auto' | undefined;
  /** Default: loaded for this call. */
  readonly kernels?: Kernels | undefined;
}

const rowBytesAtATime = 4 << 20;
const heapBytesAtATime = 16 << 20;
const queriesAtATime = 1024;
/** Up to here many queries are answered by an {@link openExactScan} of all rows. */
const scannedBytes = 2 ** 29;

/**
 * The exact best `k` rows of every query, by comparing each with each. Equal scores: the smaller row first.
 *
 * Many queries against up to 512 MB of rows go through {@link openExactScan}, which copies them. Else it works block by
 * block: beside the result it needs at most 16 MB for heaps and 4 MB for rows, however many there are.
 *
 * @throws {NearkinError} `DIMENSION_MISMATCH`, `INVALID_ARGUMENT` (k, exclude), `NON_FINITE`, `ABORTED`
 * @example
 * const rows = createVectors(new Float32Array([1, 0, 0, 1, 1, 1]), 2);
 * const best = await exactTopK({ queries: rows, rows, k: 2, metric: 'dot' });
 * console.log([...best.rows]); // [0, 2, 1, 2, 2, 0]
 */
export async function exactTopK(options: ExactTopKOptions): Promise<TopK> {
  const { k: wanted, metric, exclude, signal, onProgress } = options;
  checkQueries({ ...options, dim: options.rows.dim });
  assertFinite(options.rows);
  if (suitsScan(options)) {
    const scan = await openExactScan(options);
    try {
      return await scan.topK(options);
    } finally {
      scan.dispose();
    }
  }
  const queries = metric === 'cosine' ? l2Normalize(options.queries) : options.queries;
  const rows = metric === 'cosine' ? l2Normalize(options.rows) : options.rows;
  const k = Math.min(wanted, rows.count);
  const result = {
    k,
    rows: new Int32Array(queries.count * k).fill(-1),
    scores: new Float32Array(queries.count * k).fill(Number.NEGATIVE_INFINITY),
  };
  if (k === 0 || queries.count === 0) return result;

  const kernels =
    options.kernels ?? (await loadKernels({ shared: options.workers !== undefined && options.workers !== 1 }));
  const pool = await openWorkerPool(kernels, options.workers ?? 1);
  const plan = planBlocks({ queries, rows, k });
  const blocks = allocateBlocks(kernels, plan);
  try {
    for (let first = 0; first < queries.count; first += plan.queryBlock) {
      const count = Math.min(plan.queryBlock, queries.count - first);
      const { memory } = kernels;
      copyRows(queries, first, count, memory.f32(blocks.queries, count * plan.stride), plan.stride);
      if (exclude) memory.i32(blocks.exclude, count).set(exclude.subarray(first, first + count));
      for (let q = 0; q < count; q++) kernels.topKReset(blocks.tops + q * plan.topBytes, k);
      await pool.send(blocks.queries, blocks.rows - blocks.queries);
      for (let row = 0; row < rows.count; row += plan.rowBlock) {
        throwIfAborted(signal);
        const n = Math.min(plan.rowBlock, rows.count - row);
        copyRows(rows, row, n, memory.f32(blocks.rows, n * plan.stride), plan.stride);
        await pool.send(blocks.rows, n * plan.stride * 4);
        await scanBlock(pool, {
          plan,
          blocks,
          count,
          n,
          row,
          excludes: exclude !== undefined,
          squared: metric === 'squaredL2',
        });
      }
      for (let q = 0; q < count; q++) {
        const found = kernels.topKTake(blocks.tops + q * plan.topBytes, blocks.outRows, blocks.outScores);
        result.rows.set(memory.i32(blocks.outRows, found), (first + q) * k);
        result.scores.set(memory.f32(blocks.outScores, found), (first + q) * k);
      }
      onProgress?.({ done: first + count, total: queries.count, phase: 'compare' });
    }
  } finally {
    pool.close();
    kernels.memory.free(blocks.queries);
  }
  return result;
}

interface Plan {
  readonly stride: number;
  readonly topBytes: number;
  readonly queryBlock: number;
  readonly rowBlock: number;
  readonly k: number;
}

function planBlocks({ queries, rows, k }: { queries: Vectors; rows: Vectors; k: number }): Plan {
  const stride = Math.ceil(rows.dim / 4) * 4;
  const topBytes = 16 + 8 * k;
  const queryBlock = Math.max(1, Math.min(queries.count, queriesAtATime, Math.floor(heapBytesAtATime / topBytes)));
  const rowBlock = Math.max(8, Math.min(rows.count, Math.floor(rowBytesAtATime / (stride * 4))));
  return { stride, topBytes, queryBlock, rowBlock, k };
}

/** One allocation, cut up: queries, exclusions, heaps, outputs, rows with slack for whole tiles. */
function allocateBlocks(kernels: Kernels, plan: Plan) {
  const align = (bytes: number) => Math.ceil(bytes / 64) * 64;
  const sizes = {
    queries: align(plan.queryBlock * plan.stride * 4),
    exclude: align(plan.queryBlock * 4),
    tops: align(plan.queryBlock * plan.topBytes),
    outRows: align(plan.k * 4),
    outScores: align(plan.k * 4),
    rows: align((plan.rowBlock + 16) * plan.stride * 4),
  };
  const total = Object.values(sizes).reduce((a, b) => a + b, 0);
  let offset = kernels.memory.allocate(total);
  kernels.memory.u8(offset, total).fill(0);
  const place = (size: number) => {
    const start = offset;
    offset += size;
    return start;
  };
  return {
    queries: place(sizes.queries),
    exclude: place(sizes.exclude),
    tops: place(sizes.tops),
    outRows: place(sizes.outRows),
    outScores: place(sizes.outScores),
    rows: place(sizes.rows),
  };
}

interface BlockScan {
  readonly plan: Plan;
  readonly blocks: ReturnType<typeof allocateBlocks>;
  readonly count: number;
  readonly n: number;
  readonly row: number;
  readonly excludes: boolean;
  readonly squared: boolean;
}

/** Every worker takes an even number of queries: the kernel scans them in pairs. */
async function scanBlock(pool: WorkerPool, scan: BlockScan): Promise<void> {
  const { plan, blocks, count, n, row } = scan;
  const share = Math.ceil(count / pool.size / 2) * 2;
  const calls = [];
  for (let start = 0; start < count; start += share) {
    const some = Math.min(share, count - start);
    const tops = blocks.tops + start * plan.topBytes;
    const queries = blocks.queries + start * plan.stride * 4;
    const exclude = scan.excludes ? blocks.exclude + start * 4 : 0;
    calls.push({
      name: 'scanF32' as const,
      args: [queries, some, blocks.rows, n, plan.stride, 0, row, 0, exclude, tops, plan.topBytes, scan.squared ? 1 : 0],
      result: { offset: tops, bytes: some * plan.topBytes },
    });
  }
  await pool.run(calls);
}

function copyRows(vectors: Vectors, first: number, count: number, into: Float32Array, stride: number): void {
  const { data, dim } = vectors;
  if (stride === dim) {
    into.set(data.subarray(first * dim, (first + count) * dim));
    return;
  }
  into.fill(0);
  for (let i = 0; i < count; i++) into.set(data.subarray((first + i) * dim, (first + i + 1) * dim), i * stride);
}

/** Is it worth it to copy and code all rows? Not into the caller's memory, which cannot shrink again. */
function suitsScan({ queries, rows, k, kernels }: ExactTopKOptions): boolean {
  const bytes = rows.count * rows.dim * 4;
  return !kernels && queries.count >= 256 && rows.count >= 4096 && k <= rows.count / 8 && bytes <= scannedBytes;
}
