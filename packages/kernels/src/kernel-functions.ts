/**
 * What both engines offer: functions over one memory, arguments are byte offsets into it and plain numbers.
 * The WebAssembly build and the JavaScript twin give the same results, bit for bit but for `madd` in the relaxed build.
 */
export interface KernelFunctions {
  /** Empties a top-k heap (16 bytes and 8 a place). */
  topKReset(top: number, k: number): void;
  /** Takes the heap's content out, best first; returns how many. */
  topKTake(top: number, rows: number, scores: number): number;
  /** Dot products of one query with `n` rows; `out` has room for a multiple of 8. */
  dotF32(query: number, rows: number, n: number, stride: number, out: number): void;
  /** Offers float32 rows to the top-k of every query. */
  scanF32(
    queries: number,
    queryCount: number,
    rows: number,
    n: number,
    stride: number,
    ids: number,
    base: number,
    mask: number,
    exclude: number,
    tops: number,
    topBytes: number,
    squared: number,
  ): void;
}
