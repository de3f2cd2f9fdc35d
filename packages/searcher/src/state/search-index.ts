import { assertFinite, createVectors, type Gallery, NearkinError, throwIfAborted, type Vectors } from '@nearkin/core';
import type { Engine } from '@nearkin/kernels';
import { prepareVectors } from '../build/encode-rows.js';
import { addRows, compactRows, removeRows, upsertRows } from '../edits/edit-rows.js';
import { type IndexHealth, measureHealth } from '../edits/health.js';
import { rebalancePartitions } from '../edits/rebalance.js';
import { snapshotBytes } from '../file/snapshot-file.js';
import { createFilterCache } from '../search/filter.js';
import { findRow, findRows, type SearchContext } from '../search/find-rows.js';
import { createPrepareQuery, type PrepareQuery } from '../search/prepare-query.js';
import { searchInParallel } from '../search/search-in-parallel.js';
import { checkSearchOptions, type Hit, type SearchBatchOptions, type SearchOptions } from '../search/search-options.js';
import { createSearchPools } from '../search/search-pools.js';
import type { IndexHeader } from './index-header.js';
import type { IndexState } from './index-state.js';
import { toSnapshot } from './to-snapshot.js';

/** What an index is made of and how large it is. */
export interface IndexStats extends Omit<IndexHeader, 'count'> {
  readonly count: number;
  readonly engine: Engine;
  /** Memory in use for everything but ids, labels and metadata. */
  readonly bytes: number;
}

const queriesAtATime = 64;

/** Vectors to search in, in memory. Made by `buildIndex` or `openIndex`. */
export class SearchIndex {
  #context: SearchContext | undefined;
  readonly #prepareQuery: PrepareQuery;

  /** @internal */
  constructor(state: IndexState) {
    const { dim, metric } = state.header;
    this.#prepareQuery = createPrepareQuery({ dim, unit: metric === 'cosine' });
    this.#context = {
      state,
      workspace: { offset: 0, bytes: 0 },
      filters: createFilterCache(state),
      pools: createSearchPools(state.kernels),
    };
  }

  /** Rows in the index. */
  get count(): number {
    return this.#open().state.rows.size;
  }

  get dim(): number {
    return this.#open().state.header.dim;
  }

  /** The embedder that made the vectors, where known. */
  get modelId(): string | undefined {
    return this.#open().state.header.modelId;
  }

  /**
   * Finds the rows nearest to a vector, best first; equal scores: the row that came first. Kinds `flat` and `flatInt8`
   * look at every row, `partitioned` at the best partitions.
   *
   * @param vector of the index's dimension; under cosine of any length. A zero vector is equally near to everything
   * @throws {NearkinError} `DIMENSION_MISMATCH`, `NON_FINITE`, `INVALID_ARGUMENT`, `ABORTED`, `DISPOSED`
   * @example
   * index.search(vector, { k: 2 }); // [{ id: 'cat-3', score: 0.93, label: 'cat' }, { id: 'cat-1', score: 0.9, label: 'cat' }]
   */
  search(vector: Float32Array | readonly number[], options: SearchOptions = {}): Hit[] {
    const data = vector instanceof Float32Array ? vector : Float32Array.from(vector);
    const context = this.#open();
    checkDimension(context.state, data.length);
    throwIfAborted(options.signal);
    checkSearchOptions(options);
    // A filter asks the caller's function, which may search too: its query is one of its own.
    const query = options.filter ? this.#prepare(createVectors(data, data.length), options) : this.#prepareQuery(data);
    return findRow(context, query, options);
  }

  /**
   * Searches many vectors, shape `[n, dim]`; the answers are those of {@link search}, faster.
   *
   * @throws {NearkinError} as {@link search}
   */
  async searchBatch(vectors: Vectors, options: SearchBatchOptions = {}): Promise<Hit[][]> {
    const context = this.#open();
    checkDimension(context.state, vectors.dim);
    const queries = this.#prepare(vectors, options);
    const { workers = 1, onProgress, ...rest } = options;
    if (workers !== 1 && options.diversify === undefined) {
      const hits = await searchInParallel(context, queries, { ...options, workers });
      if (hits) return hits;
    }
    const hits: Hit[][] = [];
    for (let first = 0; first < queries.count; first += queriesAtATime) {
      throwIfAborted(options.signal);
      const some = queries.data.subarray(first * queries.dim, (first + queriesAtATime) * queries.dim);
      hits.push(...findRows(this.#open(), createVectors(some, queries.dim), rest));
      onProgress?.({ done: hits.length, total: queries.count, phase: 'search' });
      if (first + queriesAtATime < queries.count) await Promise.resolve();
    }
    return hits;
  }

  /**
   * Adds rows without training again: each goes to its nearest partition.
   *
   * @throws {NearkinError} `DUPLICATE_ID`, `DIMENSION_MISMATCH`, `MODEL_MISMATCH`, `NON_FINITE`, `TOO_LARGE`; nothing is added then
   */
  add(gallery: Gallery): void {
    addRows(this.#open().state, gallery);
  }

  /** Adds rows, replacing those whose ids are there; a replaced row counts as the newest. */
  upsert(gallery: Gallery): void {
    upsertRows(this.#open().state, gallery);
  }

  /** @throws {NearkinError} `UNKNOWN_ID` naming the first that is not there; nothing is removed then */
  remove(ids: Iterable<string>): void {
    removeRows(this.#open().state, ids);
  }

  /** Is there a row with this id? */
  has(id: string): boolean {
    return this.#open().state.rows.find(id) !== undefined;
  }

  /** Gives memory back that removed rows left. Answers stay the same. */
  compact(): void {
    const context = this.#open();
    context.filters.clear();
    compactRows(context.state);
  }

  /** How well partitions and codes still fit the rows. */
  health(): IndexHealth {
    return measureHealth(this.#open().state);
  }

  /**
   * Splits partitions that have grown too large and dissolves those that have become too small; the others stay as they
   * are. Rows are coded again from the rows kept for reordering.
   *
   * @returns partitions changed
   * @throws {NearkinError} `UNSUPPORTED` for an index of codes only: it has nothing to code again from
   */
  rebalance(): number {
    return rebalancePartitions(this.#open().state);
  }

  stats(): IndexStats {
    const { header, kernels, rows } = this.#open().state;
    return { ...header, count: rows.size, engine: kernels.engine, bytes: kernels.memory.used };
  }

  /**
   * The bytes of an index file, as `saveIndex` writes it and `openIndex` reads it. Compacts the index. The same index
   * gives the same bytes.
   */
  toBytes(): Uint8Array {
    return snapshotBytes(toSnapshot(this));
  }

  /** Frees the memory and ends its workers. Calling it twice is harmless; every other call then fails with `DISPOSED`. */
  dispose(): void {
    this.#context?.pools.close();
    this.#context = undefined;
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /** @internal */
  get state(): IndexState {
    return this.#open().state;
  }

  #open(): SearchContext {
    if (this.#context) return this.#context;
    throw new NearkinError('DISPOSED', 'This index was disposed; open it again.');
  }

  #prepare(vectors: Vectors, options: SearchOptions): Vectors {
    throwIfAborted(options.signal);
    checkSearchOptions(options);
    assertFinite(vectors);
    return prepareVectors(this.#open().state, vectors);
  }
}

function checkDimension({ header }: IndexState, received: number): void {
  if (received === header.dim) return;
  throw new NearkinError(
    'DIMENSION_MISMATCH',
    `Expected ${header.dim}-d vectors, got ${received}-d; embed the query with the index's embedder${header.modelId ? ` (${header.modelId})` : ''}.`,
    { details: { expected: header.dim, received } },
  );
}
