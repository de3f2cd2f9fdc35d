/**
 * What both engines offer: functions over one memory, arguments are byte offsets into it and plain numbers.
 * The baseline WebAssembly build and the JavaScript twin give the same results bit for bit. The relaxed build fuses
 * multiply and add on query paths (the last bit of a float score may differ), never on build paths.
 */
export interface KernelFunctions {
  /** Empties a top-k heap (16 bytes and 8 a place). */
  topKReset(top: number, k: number): void;
  /** Takes the heap's content out, best first; returns how many. */
  topKTake(top: number, rows: number, scores: number): number;
  /** Dot products of one query with `n` rows; `out` has room for a multiple of 8. */
  dotF32(query: number, rows: number, n: number, stride: number, out: number): void;
  /**
   * Offers float32 rows (8 rows of slack) to the top-k of every query. `ids`: u32 a row, or 0 for base, base + 1, …;
   * `mask`: bitset over ids, or 0; `exclude`: one id a query, or 0.
   */
  // biome-ignore format: one line a kernel
  scanF32(queries: number, queryCount: number, rows: number, n: number, stride: number, ids: number, base: number, mask: number, exclude: number, tops: number, topBytes: number, squared: number): void;
  /**
   * The same heaps as {@link scanF32} for a gallery with whole-number codes, of which few rows have to be scored;
   * returns how many were. `gallery`: u32 rows, n, stride, codes, panels, bias, pairs, squared; f64 rounding.
   */
  // biome-ignore format: one line a kernel
  scanCodes(gallery: number, packed: number, queries: number, codes: number, infos: number, queryCount: number, exclude: number, tops: number, topBytes: number): number;
  /** Rows of float32 to int8 with one scale each, rounded half to even. */
  quantizeI8(x: number, n: number, strideF32: number, out: number, strideI8: number, scales: number): void;
  /** Nearest of k columns (panels of 8, `[k / 8][stride][8]`) for every row: argmax of x . c + bias. Scratch: 8,192 bytes. */
  // biome-ignore format: one line a kernel
  assign(x: number, n: number, stride: number, panels: number, bias: number, k: number, outIndex: number, outScore: number, scratch: number): void;
  /** Nearest codeword of one block of every row. Scratch: 1,024 bytes. */
  // biome-ignore format: one line a kernel
  nearestCodes(x: number, n: number, stride: number, width: number, codebook: number, codewords: number, out: number, outStride: number, scratch: number): void;
  /**
   * Product codes that minimise |r|^2 + extra (r . x)^2 / |x|^2; returns the sum of |r|^2.
   * Scratch: 8 bytes a dimension (blocks * width) and 8 a codeword of all blocks.
   */
  // biome-ignore format: one line a kernel
  encode(x: number, n: number, stride: number, assigned: number, centroids: number, blocks: number, width: number, codebook: number, codewords: number, extra: number, rounds: number, out: number, scratch: number): number;
  /** Scratch that a search of so many partitions and candidates needs, beside its heap and probes. */
  scratchBytes(index: number, probeCount: number, keep: number): number;
  /**
   * Best partitions for a query, best first, 16 bytes each: partition, number of its first row, dot product, rank.
   * Those are left out whose rank is more than `gap` (times the query's length, but for squared distances) behind the best.
   */
  selectPartitions(index: number, query: number, count: number, gap: number, probes: number, scratch: number): number;
  /** Searches the given partitions into a heap. */
  // biome-ignore format: one line a kernel
  searchProbes(index: number, query: number, probes: number, count: number, keep: number, mask: number, top: number, scratch: number): void;
  /** Scratch of {@link rescore}. */
  rescoreBytes(index: number): number;
  /** Scores numbered rows of the probes by the finest rows that are kept. */
  // biome-ignore format: one line a kernel
  rescore(index: number, query: number, probes: number, count: number, numbers: number, n: number, top: number, scratch: number): void;
  /** Both steps for many queries. Scratch: as {@link scratchBytes} says, a heap of k and 16 bytes a probe. */
  // biome-ignore format: one line a kernel
  searchBatch(index: number, queries: number, queryCount: number, queryBytes: number, probeCount: number, gap: number, keep: number, k: number, mask: number, outIds: number, outScores: number, outCounts: number, scratch: number): void;
}
