import {
  createGallery,
  createVectors,
  type Gallery,
  type JobOptions,
  l2Normalize,
  NearkinError,
  vectorAt,
} from '@nearkin/core';
import { annRecall, likelyMislabels, projectPca, projectUmap } from '@nearkin/evaluation';
import { buildIndex, type Hit, type SearchIndex, toSnapshot } from '@nearkin/searcher';
import { handOver, serve } from './rpc.js';
import type { Rows } from './teach.worker.js';

/** What a search did, and what it found. */
export interface Found {
  readonly hits: readonly Hit[];
  readonly ms: number;
  readonly partitions: number;
  readonly partitionsVisited: number;
  /** Pictures in those partitions. */
  readonly scored: number;
  readonly count: number;
  /** What was asked with: the star on the map. */
  readonly vector: Float32Array;
}

export interface SearchSettings {
  readonly k: number;
  readonly partitionsToSearch?: number | undefined;
  readonly reorder?: number | undefined;
}

/** Below this there is nothing to leave out. */
const fewestForPartitions = 64;

let gallery: Gallery | undefined;
let index: SearchIndex | undefined;
let exact: SearchIndex | undefined;
let partitions: { readonly sizes: readonly number[]; readonly centroids: Float32Array | undefined } | undefined;

function opened(): { gallery: Gallery; index: SearchIndex; exact: SearchIndex } {
  if (gallery && index && exact) return { gallery, index, exact };
  throw new NearkinError('EMPTY_GALLERY', 'There is nothing to search yet.');
}

/** The partitions nearest to a query, as the index ranks them: by the product with their centroids. */
function visit(vector: Float32Array, wanted: number, gap: number) {
  const { sizes, centroids } = partitions!;
  const dim = vector.length;
  const length = Math.hypot(...vector) || 1;
  if (!centroids) return { visited: 1, scored: sizes[0] ?? 0 };
  const ranked = sizes
    .map((size, p) => {
      let product = 0;
      for (let j = 0; j < dim; j++) product += vector[j]! * centroids[p * dim + j]!;
      return { size, product };
    })
    .sort((a, b) => b.product - a.product)
    .slice(0, wanted)
    .filter(({ product }, _, [best]) => (best!.product - product) / length <= gap);
  return { visited: ranked.length, scored: ranked.reduce((sum, { size }) => sum + size, 0) };
}

const api = {
  /** @param input.partial more is to come: all are compared for now, which takes no time to set up */
  async index({ rows, modelId, partial }: { rows: Rows; modelId: string; partial: boolean }, job: JobOptions) {
    const started = performance.now();
    const next = createGallery({
      ids: rows.ids,
      labels: rows.labels,
      vectors: createVectors(rows.data, rows.dim),
      modelId,
    });
    const partitioned = !partial && rows.ids.length >= fewestForPartitions;
    const built = await buildIndex(
      next,
      partitioned ? { kind: 'partitioned', reorder: 'float32', ...job } : { kind: 'flat', ...job },
    );
    const reference = partitioned ? await buildIndex(next, { kind: 'flat', ...job }) : built;
    if (exact !== index) exact?.dispose();
    index?.dispose();
    [gallery, index, exact] = [next, built, reference];
    const { header, sections } = toSnapshot(built);
    const offsets = new Uint32Array(sections.get('partition.offsets')!.slice().buffer);
    const centroids = sections.get('centroids');
    partitions = {
      sizes: Array.from({ length: header.partitions }, (_, p) => offsets[p + 1]! - offsets[p]!),
      centroids: partitioned && centroids ? new Float32Array(centroids.slice().buffer) : undefined,
    };
    const bytesOf = (prefix: string) =>
      [...sections].reduce((sum, [name, { length }]) => sum + (name.startsWith(prefix) ? length : 0), 0);
    return {
      partial,
      count: rows.ids.length,
      dim: rows.dim,
      kind: header.kind,
      codes: header.codes,
      engine: built.stats().engine,
      sizes: partitions.sizes,
      search: header.search,
      recallEstimate: header.recallEstimate,
      floatBytes: rows.data.byteLength,
      codeBytes: partitioned ? bytesOf('codes') : rows.data.byteLength,
      ms: performance.now() - started,
    };
  },

  search({ vector, settings, like }: { vector?: Float32Array; settings: SearchSettings; like?: string }): Found {
    const { gallery: rows, index: searched } = opened();
    const row = like === undefined ? -1 : rows.ids.indexOf(like);
    const query = row >= 0 ? vectorAt(rows.vectors, row) : vector;
    if (!query) throw new NearkinError('UNKNOWN_ID', 'This picture is not in the index.');
    const stats = searched.stats();
    const wanted = Math.min(stats.partitions, settings.partitionsToSearch ?? stats.search.partitionsToSearch);
    const { reorder, partitionsToSearch } = settings;
    // Left to itself an index leaves out partitions that rank far behind the best one.
    const gap = partitionsToSearch === undefined ? (stats.search.partitionGap ?? Infinity) : Infinity;
    const options = {
      k: settings.k + (row >= 0 ? 1 : 0),
      ...(partitionsToSearch === undefined ? {} : { partitionsToSearch }),
      ...(reorder === undefined ? {} : { reorder }),
    };
    const started = performance.now();
    const hits = searched.search(query, options);
    const ms = performance.now() - started;
    const { visited, scored } = visit(query, wanted, gap);
    return {
      hits: hits.filter(({ id }) => id !== like).slice(0, settings.k),
      ms,
      partitions: stats.partitions,
      partitionsVisited: visited,
      scored,
      count: searched.count,
      vector: query.slice(),
    };
  },

  /** Asks up to 200 of the gallery's own pictures, with and without the index, for their 10 nearest. */
  recall({ settings }: { settings: SearchSettings }, { signal }: JobOptions) {
    const { gallery: rows, index: searched, exact: reference } = opened();
    const { count } = rows.vectors;
    const step = Math.max(1, Math.floor(count / 200));
    const queries = Array.from({ length: Math.ceil(count / step) }, (_, i) => vectorAt(rows.vectors, i * step));
    const { k, partitionsToSearch, reorder } = settings;
    const options = {
      k,
      ...(partitionsToSearch === undefined ? {} : { partitionsToSearch }),
      ...(reorder === undefined ? {} : { reorder }),
    };
    const time = (work: (query: Float32Array) => Hit[]) => {
      const found: string[][] = [];
      const started = performance.now();
      for (const query of queries) found.push(work(query).map(({ id }) => id));
      return { found, ms: (performance.now() - started) / queries.length };
    };
    if (signal?.aborted) throw new NearkinError('ABORTED', 'Measuring was cancelled.');
    const approximate = time((query) => searched.search(query, options));
    const truth = time((query) => reference.search(query, { k }));
    const { recall } = annRecall({ returned: approximate.found, exact: truth.found, k });
    return { recall, ms: approximate.ms, exactMs: truth.ms, queries: queries.length };
  },

  pca({ rows }: { rows: Rows }) {
    const vectors = l2Normalize(createVectors(rows.data, rows.dim));
    const { coordinates, components, explained } = projectPca(vectors);
    const mean = new Float32Array(rows.dim);
    vectors.data.forEach((value, i) => {
      mean[i % rows.dim]! += value / vectors.count;
    });
    const answer = { points: coordinates.data, directions: components.data, mean, explained };
    return handOver(answer, [coordinates.data.buffer, components.data.buffer, mean.buffer]);
  },

  async umap({ rows }: { rows: Rows }, job: JobOptions) {
    const { coordinates } = await projectUmap(l2Normalize(createVectors(rows.data, rows.dim)), job);
    return handOver({ points: coordinates.data }, [coordinates.data.buffer]);
  },

  /** Leave-one-out over the albums, and the pictures to look at. */
  check({ rows }: { rows: Rows }, job: JobOptions) {
    return likelyMislabels(
      createGallery({ ids: rows.ids, labels: rows.labels, vectors: createVectors(rows.data, rows.dim) }),
      job,
    );
  },
};

export type SearchApi = typeof api;

serve(api);
