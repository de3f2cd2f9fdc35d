import { assertFinite, createVectors, NearkinError } from '@nearkin/core';
import { compatTable, floatTable, tableSum } from './compat-table.js';
import { createNearestList, type NearestList } from './nearest-list.js';
import { nearestPartitions } from './nearest-partitions.js';
import { assertSearchable, dimensionOf, rowDistanceOf } from './searchable.js';
import { metadataOf, type SearcherIndex } from './searcher-index.js';

/** One answer of the on-device Searcher. */
export interface SearcherHit {
  readonly row: number;
  /** Lower is nearer: squared distance, or minus the dot product. */
  readonly distance: number;
  /** As bytes; decode it where it is text. */
  readonly metadata: Uint8Array;
}

/** What the on-device Searcher calls SearchOptions. */
export interface CompatSearchOptions {
  /** max_results: at least 1, default 5. */
  readonly k?: number | undefined;
  /** Partitions to search instead of those that the index's search fraction gives; the device has no such option. */
  readonly partitionsToSearch?: number | undefined;
}

/**
 * Searches an index as the Task Library does on a device: the same partitions, the same lookup tables in the same
 * whole numbers, the same distances. Rows of vectors are compared in double precision and rounded to 32 bits once;
 * the device rounds on the way, and differs in the last digits.
 *
 * An index under dot product expects queries scaled as its rows were (`l2Normalize` of core, the library's
 * `l2_normalize`).
 *
 * @param query of the dimension of the embedder
 * @returns nearest first, at most k; fewer where the partitions have no more. Equal distances: smaller row first, where
 *   the device leaves the order open
 * @throws {NearkinError} `DIMENSION_MISMATCH`, `NON_FINITE`, `INVALID_ARGUMENT`, `UNSUPPORTED` for an index that devices refuse
 * @source TensorFlow Lite Support, cc/task/processor/embedding_searcher.cc
 * @example
 * compatSearch(index, embedding, { k: 1 }); // [{ row: 1, distance: 0, metadata: Uint8Array }]
 */
export function compatSearch(
  index: SearcherIndex,
  query: Float32Array,
  options: CompatSearchOptions = {},
): SearcherHit[] {
  const { k = 5, partitionsToSearch } = options;
  if (!Number.isSafeInteger(k) || k < 1)
    throw new NearkinError('INVALID_ARGUMENT', `Expected k to be a whole number of at least 1, got ${k}.`);
  assertSearchable(index);
  const dim = dimensionOf(index);
  if (query.length !== dim)
    throw new NearkinError('DIMENSION_MISMATCH', `Expected a query of ${dim} numbers, got ${query.length}.`, {
      details: { expected: dim, received: query.length },
    });
  assertFinite(createVectors(query, dim));
  const nearest = createNearestList(k);
  const scan = index.rows instanceof Uint8Array ? codeScan(index, index.rows, query) : vectorScan(index, query);
  for (const partition of nearestPartitions(index, query, { partitionsToSearch })) scan(partition, nearest);
  return nearest.take().map(({ row, distance }) => ({ row, distance, metadata: metadataOf(index, row) }));
}

type Scan = (partition: number, nearest: NearestList) => void;

function codeScan(index: SearcherIndex, codes: Uint8Array, query: Float32Array): Scan {
  const { codebook, distance = 'squaredL2', lookupType = 'float' } = index.config.indexer!;
  const table = compatTable(floatTable(query, { codebook, distance }), { codewords: codebook.codewords, lookupType });
  const { width, partitionOffsets: offsets } = index;
  return (partition, nearest) => {
    for (let row = offsets[partition]!; row < offsets[partition + 1]!; row++)
      nearest.offer(row, tableSum(table, codes.subarray(row * width, (row + 1) * width)));
  };
}

function vectorScan(index: SearcherIndex, query: Float32Array): Scan {
  const { rows, width, partitionOffsets: offsets } = index;
  const dot = rowDistanceOf(index.config) === 'dot';
  return (partition, nearest) => {
    for (let row = offsets[partition]!; row < offsets[partition + 1]!; row++) {
      const at = row * width;
      let sum = 0;
      if (dot) for (let j = 0; j < width; j++) sum -= query[j]! * rows[at + j]!;
      else for (let j = 0; j < width; j++) sum += (query[j]! - rows[at + j]!) ** 2;
      nearest.offer(row, Math.fround(sum));
    }
  };
}
