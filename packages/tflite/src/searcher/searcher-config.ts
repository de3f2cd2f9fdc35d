import type { Vectors } from '@nearkin/core';

/** How the device compares: `squaredL2`, or `dot` (negated, so that lower is nearer). Lower is nearer either way. */
export type SearcherDistance = 'squaredL2' | 'dot' | 'unspecified';

/** In what numbers the device keeps and adds up its lookup tables. `int8Lut16` is in the format, but no runtime has it. */
export type LookupType = 'float' | 'int16' | 'int8' | 'int8Lut16';

/**
 * A codebook of product codes: block b has `codewords` vectors of `widths[b]` numbers, one after another in `data`;
 * the blocks follow one another. The widths add up to the dimension of a query.
 */
export interface SearcherCodebook {
  readonly widths: readonly number[];
  readonly codewords: number;
  readonly data: Float32Array;
}

/** Product codes (asymmetric hashing): a row is one byte a block. */
export interface SearcherIndexer {
  readonly codebook: SearcherCodebook;
  /** Absent: squaredL2. */
  readonly distance?: SearcherDistance;
  /** Absent: float. */
  readonly lookupType?: LookupType;
}

/** Partitions of the rows and how many of them a query searches. */
export interface SearcherPartitioner {
  /** A centroid for each partition. */
  readonly leaves: Vectors | undefined;
  /** Of the partitions, a query searches this share, rounded up. Absent: 1, all of them. */
  readonly searchFraction?: number;
  /** Absent: squaredL2. */
  readonly distance?: SearcherDistance;
}

/** What an index file says of how it is searched; what a file leaves out is absent here. */
export interface SearcherConfig {
  /** Between float rows and a query. Absent or unspecified: that of the indexer, else of the partitioner, else squaredL2. */
  readonly distance?: SearcherDistance;
  readonly indexer?: SearcherIndexer;
  readonly partitioner?: SearcherPartitioner;
}
