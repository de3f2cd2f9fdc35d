import {
  assertFinite,
  createVectors,
  type JobOptions,
  NearkinError,
  throwIfAborted,
  type Vectors,
} from '@nearkin/core';
import { assertCount } from '../numbers/check.js';
import { createMetricPlan } from '../ranked/metric-plan.js';
import { createMetricSummary, type RankedMetrics, type UndefinedPolicy } from '../ranked/metric-summary.js';
import { assertTiePolicy, rankByScore, type TiePolicy } from '../ranked/tie-policy.js';
import { type IndexSearch, searchByIndex } from './index-search.js';
import { openScan } from './open-scan.js';
import { type Relevance, relevanceByLabel, relevanceByRows } from './relevance.js';
import { assertDistance, type RetrievalDistance } from './retrieval-distance.js';
import { type RetrievedList, retrieveLists } from './retrieve-lists.js';
import { selfRows } from './self-rows.js';

/** Vectors with a label each; every `Gallery` is one. */
export interface LabelledVectors {
  readonly vectors: Vectors;
  /** '' means that the vector has no label: it is relevant to nothing. */
  readonly labels: ArrayLike<string | number>;
  readonly ids?: readonly string[] | undefined;
}

export interface EvaluateRetrievalOptions extends JobOptions {
  readonly queries: LabelledVectors;
  /** What the queries are asked against. Default: the queries themselves, each without itself. */
  readonly gallery?: LabelledVectors | undefined;
  /** One cut-off or several; default `[1, 5, 10]`. The curves go up to the largest. */
  readonly k?: number | ArrayLike<number> | undefined;
  /** Default `cosine`. */
  readonly distance?: RetrievalDistance | undefined;
  /**
   * Leave the query itself out of its results. Default: true when there is no other gallery. With another gallery the
   * row with the query's id is left out, or, where there are no ids, the row with its index.
   */
  readonly excludeSelf?: boolean | undefined;
  /** Default `index`: the smaller gallery row. `trec` needs ids. */
  readonly ties?: TiePolicy | undefined;
  /** Gallery rows that answer each query, instead of those with its label. */
  readonly relevantRows?: ArrayLike<ArrayLike<number>> | undefined;
  /** Ask an index instead of comparing with every row, such as an index's `searchBatch`; hits by the gallery's ids. */
  readonly search?: IndexSearch | undefined;
  /** Compute `apAtR` and `rPrecision`, which retrieve as many rows as the largest class has; default true. */
  readonly atR?: boolean | undefined;
  /** Compute `averagePrecision` and `reciprocalRank`, which sort the whole gallery for each query; default: up to 5,000 rows, not with `search`. */
  readonly wholeList?: boolean | undefined;
  /** Default `skip`. */
  readonly undefined?: UndefinedPolicy | undefined;
  /** Keep each query's values; default true while they are fewer than 2^24 numbers. */
  readonly perQuery?: boolean | undefined;
  /** Nearest rows to give back for each query; default 0. */
  readonly neighbors?: number | undefined;
  /**
   * What compares the vectors: `js` in double precision, `wasm` in single precision and about thirty times faster.
   * Default: `js` up to 2^28 multiplications, then `wasm`.
   */
  readonly engine?: 'js' | 'wasm' | undefined;
  /** Threads of `wasm`; default `auto`, one a core. The result does not depend on it. */
  readonly workers?: number | 'auto' | undefined;
  /** Queries searched at a time; default 2,048, fewer where they would need more than 48 MB of results. */
  readonly chunkSize?: number | undefined;
}

/** {@link RankedMetrics} of embeddings, with what they were computed with. */
export interface RetrievalMetrics extends RankedMetrics {
  readonly distance: RetrievalDistance;
  readonly ties: TiePolicy;
  /** Rows that the queries were asked against. */
  readonly galleryCount: number;
  /** Nearest gallery rows of each query, best first, ties by smaller row, with similarities; null unless asked for. */
  readonly neighbors: readonly { readonly indices: readonly number[]; readonly scores: readonly number[] }[] | null;
}

const wholeListRows = 5000;
const queriesAtATime = 2048;
const resultsPerChunk = 2 ** 22;

/**
 * Ranked-list metrics of embeddings: every query is asked against the gallery, rows with its label are relevant.
 *
 * Streams: queries go in chunks, and only the nearest max(k, R) rows of a chunk are held, never the whole matrix.
 * Every value is exact, `apAtR` also where R is larger than k. Values and ties as in {@link rankedMetrics}; ties go
 * on beyond the last retrieved row where the policy needs it. Without a `search` the rows are compared exactly.
 *
 * @throws {NearkinError} `EMPTY_GALLERY` for no queries or an empty gallery; `UNKNOWN_LABEL` when no query's label is
 *   in the gallery; `NO_POSITIVES` when no query has anything to find, as when no class has two samples;
 *   `DIMENSION_MISMATCH`, `NON_FINITE`, `INVALID_ARGUMENT`, `ABORTED`
 * @source Musgrave, Belongie and Lim, "A Metric Learning Reality Check", ECCV 2020, section 3.2
 * @example
 * const gallery = createGallery({
 *   vectors: createVectors(Float32Array.of(1, 0, 0.9, 0.1, 0, 1, 0.2, 0.9, 0.8, 0.7), 2),
 *   ids: ['tom.jpg', 'kitty.jpg', 'rex.jpg', 'bello.jpg', 'bolt.jpg'],
 *   labels: ['cat', 'cat', 'dog', 'dog', 'dog'],
 * });
 * const { mean, macro } = await evaluateRetrieval({ queries: gallery, k: [1, 3] });
 * console.log(mean['hitRate@1'], mean['apAtR'], macro['hitRate@1']); // 0.8 0.85 0.8333333333333333
 */
export async function evaluateRetrieval(options: EvaluateRetrievalOptions): Promise<RetrievalMetrics> {
  const { queries, signal, onProgress, distance = 'cosine', ties = 'index', neighbors = 0 } = options;
  const gallery = options.gallery ?? queries;
  checkSides(queries, gallery);
  assertDistance(distance);
  assertTiePolicy(ties);
  assertCount('neighbors', neighbors, 0);
  assertCount('chunkSize', options.chunkSize ?? 1);
  if (ties === 'trec' && !gallery.ids)
    throw new NearkinError('INVALID_ARGUMENT', "ties: 'trec' orders by id; give the gallery ids.");
  const count = queries.vectors.count;
  const galleryCount = gallery.vectors.count;
  const wholeList = options.wholeList ?? (!options.search && galleryCount <= wholeListRows);
  const plan = createMetricPlan({
    k: options.k ?? [1, 5, 10],
    gain: 'linear',
    atR: options.atR ?? true,
    wholeList,
  });
  const excludeSelf = options.excludeSelf ?? gallery === queries;
  const self = excludeSelf ? selfRows(queries, gallery) : new Int32Array(count).fill(-1);
  const relevance = findRelevance(options, gallery, self);

  const summary = createMetricSummary({
    plan,
    queries: count,
    undefined: options.undefined ?? 'skip',
    labels: queries.labels,
    perQuery: options.perQuery,
  });
  const kept: { indices: number[]; scores: number[] }[] = [];
  const engine = options.search
    ? searchByIndex(options.search, gallery.ids)
    : await openScan(gallery.vectors, {
        distance,
        engine: options.engine,
        workers: options.workers,
        queryCount: count,
      });
  try {
    for (let start = 0; start < count; ) {
      throwIfAborted(signal);
      const end = chunkEnd(start);
      const lists = await retrieveLists(
        engine,
        { queries: rowRange(queries.vectors, start, end), self: self.subarray(start, end) },
        { depth: depthOf(start, end), wholeTies: ties !== 'index', galleryCount, signal },
      );
      lists.forEach((list, i) => {
        add(start + i, list);
      });
      start = end;
      onProgress?.({ done: end, total: count, phase: 'evaluate' });
      // Let a click on Cancel, or a timer, get through between chunks.
      if (start < count) await new Promise((resolve) => setTimeout(resolve));
    }
  } finally {
    engine.dispose();
  }
  return { ...summary.finish(), distance, ties, galleryCount, neighbors: neighbors > 0 ? kept : null };

  function depthOf(start: number, end: number): number {
    let depth = neighbors;
    for (let q = start; q < end; q++) depth = Math.max(depth, plan.depthFor(relevance.count(q)));
    return Math.min(depth, galleryCount);
  }
  function chunkEnd(start: number): number {
    const most = Math.min(count, start + (options.chunkSize ?? queriesAtATime));
    const fits = Math.floor(resultsPerChunk / (depthOf(start, most) + 2));
    return Math.min(most, start + Math.max(1, fits));
  }
  function add(query: number, list: RetrievedList): void {
    const isRelevant = relevance.test(query);
    const grades = new Uint8Array(list.indices.length);
    for (let r = 0; r < grades.length; r++) grades[r] = isRelevant(list.indices[r]!) ? 1 : 0;
    const ids = ties === 'trec' ? Array.from(list.indices, (row) => gallery.ids![row]!) : undefined;
    const ranked = ties === 'index' ? { grades, ties } : rankByScore({ grades, scores: list.scores, ids }, ties);
    summary.add(query, { list: ranked, relevantCount: relevance.count(query) });
    if (neighbors > 0)
      kept.push({
        indices: Array.from(list.indices.subarray(0, neighbors)),
        scores: Array.from(list.scores.subarray(0, neighbors)),
      });
  }
}

function checkSides(queries: LabelledVectors, gallery: LabelledVectors): void {
  for (const [name, side] of [
    ['queries', queries],
    ['gallery', gallery],
  ] as const) {
    const { count } = side.vectors;
    if (count === 0) throw new NearkinError('EMPTY_GALLERY', `Expected at least one vector in the ${name}, got none.`);
    for (const [what, list] of [
      ['labels', side.labels],
      ['ids', side.ids],
    ] as const)
      if (list && list.length !== count)
        throw new NearkinError(
          'INVALID_ARGUMENT',
          `Expected ${count} ${what} of the ${name}, one for each vector, got ${list.length}.`,
          { details: { name, expected: count, received: list.length } },
        );
    assertFinite(side.vectors);
  }
  if (queries.vectors.dim !== gallery.vectors.dim)
    throw new NearkinError(
      'DIMENSION_MISMATCH',
      `Expected queries and gallery of one dimension, got ${queries.vectors.dim} and ${gallery.vectors.dim}; were they made by one embedder?`,
      { details: { queries: queries.vectors.dim, gallery: gallery.vectors.dim } },
    );
}

function findRelevance(options: EvaluateRetrievalOptions, gallery: LabelledVectors, self: Int32Array): Relevance {
  const { queries, relevantRows } = options;
  const { count } = queries.vectors;
  if (relevantRows && relevantRows.length !== count)
    throw new NearkinError('INVALID_ARGUMENT', `Expected ${count} lists of relevant rows, got ${relevantRows.length}.`);
  const relevance = relevantRows
    ? relevanceByRows(relevantRows, self, gallery.vectors.count)
    : relevanceByLabel({ queries: queries.labels, gallery: gallery.labels }, self);
  for (let q = 0; q < count; q++) if (relevance.count(q) > 0) return relevance;
  if (relevantRows || self.some((row) => row >= 0))
    throw new NearkinError(
      'NO_POSITIVES',
      'No query has anything to find: expected at least one class with two samples, got none.',
      { details: { queries: count } },
    );
  throw new NearkinError(
    'UNKNOWN_LABEL',
    `No query's label is in the gallery: expected one of its labels, got ${JSON.stringify(queries.labels[0])} and the like.`,
    { details: { queries: count } },
  );
}

function rowRange(vectors: Vectors, start: number, end: number): Vectors {
  return createVectors(vectors.data.subarray(start * vectors.dim, end * vectors.dim), vectors.dim);
}
