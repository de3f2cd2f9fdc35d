/** Best rows of each query: entry `q * k + i` is query q's i-th best. */
export interface TopK {
  /** Places a query; smaller than asked for when there are fewer rows. */
  readonly k: number;
  /** Shape `[queries, k]`; -1 where a query has no further row (after an exclusion). */
  readonly rows: Int32Array;
  /** Shape `[queries, k]`, float32, higher is better; `-Infinity` where `rows` is -1. */
  readonly scores: Float32Array;
}
