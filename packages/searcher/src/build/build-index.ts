import {
  createGallery,
  type Gallery,
  type JobOptions,
  NearkinError,
  throwIfAborted,
  type Vectors,
} from '@nearkin/core';
import { type Kernels, loadKernels } from '@nearkin/kernels';
import { reserveRows } from '../edits/edit-rows.js';
import { tuneSearch } from '../search/tune-search.js';
import type { IndexHeader } from '../state/index-header.js';
import { codewordsOf, createIndexState, type IndexState, rankPartitions } from '../state/index-state.js';
import { SearchIndex } from '../state/search-index.js';
import { codeBlocks } from '../state/section-layout.js';
import { defaultThreshold } from './anisotropic.js';
import { autoDimensionsPerBlock, autoKind, autoPartitions, autoPartitionsToSearch } from './autopilot.js';
import { type BuildIndexOptions, checkBuildOptions, soarWeight } from './build-options.js';
import { appendRows, assignRows, prepareVectors } from './encode-rows.js';
import { appendCopies, assignCopies } from './spill-rows.js';
import { trainCodebook } from './train-codebook.js';
import { sampleRows, trainPartitions } from './train-partitions.js';

const rowsAtATime = 65_536;

/**
 * Builds a search index from a gallery. Without options it chooses the kind by the number of rows and tunes searches
 * to find 95 of 100 true neighbours.
 *
 * @throws {NearkinError} `INVALID_ARGUMENT`, `EMPTY_GALLERY` for a partitioned index of nothing, `DUPLICATE_ID`,
 *   `NON_FINITE`, `DIMENSION_MISMATCH` (queries), `TOO_LARGE`, `ABORTED`
 * @example
 * const index = await buildIndex(gallery, { targetRecall: 0.95, seed: 7 });
 * index.search(vector, { k: 1 }); // [{ id: 'cat-3', score: 0.93, label: 'cat' }]
 */
export async function buildIndex(gallery: Gallery, options: BuildIndexOptions = {}): Promise<SearchIndex> {
  checkBuildOptions(options);
  const checked = createGallery(gallery);
  const header = planHeader(checked, options);
  const kernels = await loadKernels({ prefer: options.engine, relaxed: options.relaxed, shared: options.shared });
  const vectors = prepareVectors({ header }, checked.vectors);
  const state = await trainIndex(kernels, vectors, {
    header,
    spherical: options.spherical ?? header.metric === 'cosine',
    ...job(options),
  });
  await fill(state, { gallery: checked, vectors, ...job(options) });
  await tuneSearch(state, vectors, options);
  return new SearchIndex(state);
}

function job({ signal, onProgress }: JobOptions): JobOptions {
  return { signal, onProgress };
}

/** Everything the options and the number of rows decide. */
function planHeader({ vectors, modelId }: Gallery, options: BuildIndexOptions): IndexHeader {
  const { count, dim } = vectors;
  const kind = options.kind ?? autoKind(count);
  const base = {
    kind,
    metric: options.metric ?? 'cosine',
    dim,
    count,
    ...(modelId === undefined ? {} : { modelId }),
    seed: options.seed ?? 0,
  } as const;
  if (kind !== 'partitioned') {
    const codes = kind === 'flat' ? 'float32' : 'int8';
    return { ...base, partitions: 1, codes, reorder: 'none', search: { partitionsToSearch: 1, reorder: 0 } };
  }
  if (count === 0)
    throw new NearkinError(
      'EMPTY_GALLERY',
      'Expected rows to share out, got none; use the kind flat for an empty index.',
    );
  const wanted = options.partitions ?? 'auto';
  const partitions = Math.min(count, wanted === 'auto' ? autoPartitions(count, dim) : wanted);
  const codes = options.codes ?? 'pq4';
  const soar = soarWeight(options.soar);
  const spilled = { partitions, ...(soar === undefined ? {} : { soar }) };
  const search = {
    partitionsToSearch: Math.min(partitions, options.partitionsToSearch ?? autoPartitionsToSearch(partitions)),
    reorder: options.reorderCandidates ?? 100,
  };
  if (codes === 'int8') {
    const reorder = options.reorder === 'int8' ? 'none' : (options.reorder ?? 'none');
    return { ...base, ...spilled, codes, reorder, search };
  }
  const threshold = options.anisotropicThreshold ?? (base.metric === 'squaredL2' ? 0 : defaultThreshold(dim));
  return {
    ...base,
    ...spilled,
    codes,
    reorder: options.reorder ?? 'int8',
    dimensionsPerBlock: Math.min(dim, options.dimensionsPerBlock ?? autoDimensionsPerBlock(dim)),
    residual: options.residual ?? true,
    ...(threshold > 0 ? { anisotropicThreshold: threshold } : {}),
    search,
  };
}

/** Learns partitions and codebooks; the index has no rows yet. */
async function trainIndex(
  kernels: Kernels,
  vectors: Vectors,
  { header, spherical, ...options }: JobOptions & { header: IndexHeader; spherical: boolean },
): Promise<IndexState> {
  if (header.kind !== 'partitioned') return createIndexState(kernels, header, {});
  const { partitions, seed } = header;
  const centroids = trainPartitions(kernels, vectors, { partitions, seed, spherical, ...options });
  if (header.codes === 'int8') return createIndexState(kernels, header, { centroids });
  await breathe(options.signal);
  const blocks = codeBlocks(header);
  const width = header.dimensionsPerBlock ?? 1;
  const codewords = codewordsOf(header);
  const untrained = { centroids, codebook: new Float32Array(blocks * codewords * width) };
  // Only for its partitions; the codebook is not there yet.
  const assigner = createIndexState(kernels, header, untrained);
  const codebook = trainCodebook(kernels, vectors, {
    blocks,
    width,
    codewords,
    seed,
    ...(header.residual ? { centroids, assign: (sample) => assignRows(assigner, sample) } : {}),
    ...options,
  });
  freeState(assigner);
  return createIndexState(kernels, { ...header, ...biasRange(vectors, header) }, { centroids, codebook });
}

/** What 16 bits of row bias cover: half squared lengths of sampled rows, and a tenth more. */
function biasRange(vectors: Vectors, { codes, metric, seed }: IndexHeader): { biasBase?: number; biasUnit?: number } {
  if (codes !== 'pq4' || metric !== 'squaredL2') return {};
  const { data, dim, count } = sampleRows(vectors, { count: 100_000, seed });
  let [low, high] = [Number.POSITIVE_INFINITY, 0];
  for (let row = 0; row < count; row++) {
    let squares = 0;
    for (let j = row * dim; j < (row + 1) * dim; j++) squares += data[j]! * data[j]!;
    low = Math.min(low, squares / 2);
    high = Math.max(high, squares / 2);
  }
  const biasBase = Math.fround(low * 0.9);
  return { biasBase, biasUnit: Math.fround((high * 1.1 - biasBase) / 32767) };
}

function freeState({
  kernels,
  store,
  centroids,
  centroidBias,
  panels,
  panelBias,
  codebook,
  descriptor,
}: IndexState): void {
  store.reset(0);
  for (const offset of [store.table, centroids, centroidBias, panels, panelBias, codebook, descriptor])
    kernels.memory.free(offset);
}

async function fill(
  state: IndexState,
  { gallery, vectors, ...options }: JobOptions & { gallery: Gallery; vectors: Vectors },
): Promise<void> {
  const { count, dim } = vectors;
  const slice = (first: number, end: number): Vectors => ({
    data: vectors.data.subarray(first * dim, end * dim),
    dim,
    count: end - first,
  });
  const assigned = new Uint32Array(count);
  const steps = (work: (first: number, end: number, part: JobOptions) => void) => async () => {
    for (let first = 0; first < count; first += rowsAtATime) {
      await breathe(options.signal);
      const onProgress = options.onProgress;
      const part: JobOptions = {
        signal: options.signal,
        onProgress:
          onProgress && ((progress) => onProgress({ ...progress, done: first + progress.done, total: count })),
      };
      work(first, Math.min(count, first + rowsAtATime), part);
    }
  };
  const copies = new Uint32Array(state.header.soar === undefined ? 0 : count);
  await steps((first, end, part) => assigned.set(assignRows(state, slice(first, end), part), first))();
  if (copies.length > 0)
    await steps((first, end, part) =>
      copies.set(assignCopies(state, slice(first, end), { assigned: assigned.subarray(first, end), ...part }), first),
    )();
  reserveRows(state, assigned, copies);
  const rows = state.rows.add(gallery);
  let error = 0;
  await steps((first, end, part) => {
    error += appendRows(state, slice(first, end), {
      rows: rows.slice(first, end),
      assigned: assigned.subarray(first, end),
      ...part,
    });
  })();
  await steps((first, end, part) =>
    appendCopies(state, slice(first, end), {
      rows: rows.slice(first, end),
      copies: copies.subarray(first, end),
      ...part,
    }),
  )();
  rankPartitions(state);
  if (state.blocks > 0) state.header = { ...state.header, codeError: error / Math.max(1, count) };
}

/** Lets the host do other things, such as aborting the build. */
async function breathe(signal: AbortSignal | undefined): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 0));
  throwIfAborted(signal);
}
