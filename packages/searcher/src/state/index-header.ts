/** How an index keeps its rows. */
export type IndexKind = 'flat' | 'flatInt8' | 'partitioned';
/** How rows are compared. Scores are similarities: `squaredL2` scores are minus the squared distance. */
export type Metric = 'cosine' | 'dot' | 'squaredL2';
/** Codes that partitions are scanned by: 16 or 256 codewords a block, or int8 rows with a scale each. */
export type CodeKind = 'pq4' | 'pq8' | 'int8';
/** Rows that the best candidates are scored again with. */
export type ReorderKind = 'int8' | 'bf16' | 'float32' | 'none';

/** What an index is, as JSON: everything but rows, ids, labels and metadata. */
export interface IndexHeader {
  readonly kind: IndexKind;
  readonly metric: Metric;
  readonly dim: number;
  readonly count: number;
  readonly modelId?: string;
  readonly seed: number;
  /** 1 for kinds without partitions. */
  readonly partitions: number;
  /** What is scanned: `float32` (flat), `int8` (flatInt8 or partitioned), `pq4`, `pq8`. */
  readonly codes: CodeKind | 'float32';
  /** `none` for flat and flatInt8. */
  readonly reorder: ReorderKind;
  /** pq4, pq8: dimensions of a block; the last block may have fewer. */
  readonly dimensionsPerBlock?: number;
  /** pq4, pq8: codes of the difference to the centroid, not of the row. */
  readonly residual?: boolean;
  /** pq4, pq8: the ratio T of the anisotropic loss (times the row's length); absent: plain squared error. */
  readonly anisotropicThreshold?: number;
  /** SOAR: the weight lambda that second copies of rows were placed with; absent: every row stands once. */
  readonly soar?: number;
  /** SOAR: rows that stand in a second partition too. */
  readonly copies?: number;
  /** Thresholds that a classifier over the index was saved with: one for all labels, or pairs of label and score. */
  readonly unknownBelow?: number | readonly (readonly [string, number])[];
  /** What a search uses when it does not say otherwise. */
  readonly search: SearchDefaults;
  /** Share of the true best 10 that sampled rows found after the build with the defaults; absent when not measured. */
  readonly recallEstimate?: number;
  /** Mean squared error of the codes when they were trained; what drift is measured against. */
  readonly codeError?: number;
  /** pq4 under squaredL2: what one unit of `codes.bias` is worth. */
  readonly biasUnit?: number;
  /** pq4 under squaredL2: half squared length that a bias of 0 stands for. */
  readonly biasBase?: number;
}

export interface SearchDefaults {
  /** Best partitions that are scanned, at most. */
  readonly partitionsToSearch: number;
  /** Partitions that rank farther behind the best one are left out; absent: none is. */
  readonly partitionGap?: number;
  /** Candidates that are scored again; 0: none. */
  readonly reorder: number;
}
