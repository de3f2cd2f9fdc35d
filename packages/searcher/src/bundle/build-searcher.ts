import {
  assertSameModel,
  createGallery,
  createVectors,
  type Embedder,
  type JobOptions,
  NearkinError,
  throwIfAborted,
} from '@nearkin/core';
import { buildIndex } from '../build/build-index.js';
import type { BuildIndexOptions } from '../build/build-options.js';
import { type BundleSearcher, createBundleSearcher } from './bundle-searcher.js';
import { type EmbedRowsOptions, embedRows } from './embed-rows.js';
import type { SearcherItem } from './journal.js';
import { openJournal } from './open-journal.js';
import { type QueryEncoder, towerOf } from './query-encoder.js';
import { thumbnailsInMemory } from './thumbnails.js';

export interface BuildSearcherOptions<Input, Image = Input> extends JobOptions {
  /** What items and queries are encoded by. It stays the caller's, to be disposed after the searcher. */
  readonly encoder: QueryEncoder<Image>;
  /**
   * Embeds the items in place of the encoder's own tower, such as a pool of workers; it must have the encoder's identity.
   */
  readonly embedder?: Embedder<Input> | undefined;
  /** What the items are. Default: `image` where the encoder knows pictures. */
  readonly items?: 'image' | 'text' | undefined;
  /** How the index is built; left out, as `buildIndex` does. */
  readonly index?: Omit<BuildIndexOptions, keyof JobOptions> | undefined;
  /** Items embedded, and kept in the journal, at a time. Default 64. */
  readonly batchSize?: number | undefined;
  /**
   * A folder (Node) that keeps what was embedded: the same call goes on where a killed one was, and loses at most one
   * batch. Saving the searcher removes it.
   */
  readonly journal?: string | undefined;
  /** Makes the small picture that is kept for an item; undefined for none. */
  readonly thumbnail?: ((item: SearcherItem<Input>) => Promise<Uint8Array | undefined>) | undefined;
  /** Anything that JSON can hold, kept with the bundle. */
  readonly userinfo?: unknown;
  /** Called for an item that cannot be read or embedded; it is left out and stands in the report. */
  readonly onError?: EmbedRowsOptions<Input>['onError'];
  /** Items in all, for progress, when `items` cannot say. */
  readonly total?: number | undefined;
}

/** What `buildSearcher` does. */
export async function buildSearcherNow<Input, Image = Input>(
  items: Iterable<SearcherItem<Input>> | AsyncIterable<SearcherItem<Input>>,
  options: BuildSearcherOptions<Input, Image>,
): Promise<BundleSearcher<Image>> {
  const { encoder, batchSize = 64, signal, onProgress, userinfo = null } = options;
  if (!Number.isSafeInteger(batchSize) || batchSize < 1)
    throw new NearkinError('INVALID_ARGUMENT', `Expected a batch size of at least 1, got ${batchSize}.`, {
      details: { batchSize },
    });
  throwIfAborted(signal);
  const own = () => towerOf(encoder, options.items ?? (encoder.image ? 'image' : 'text')) as unknown as Embedder<Input>;
  const tower = options.embedder ?? own();
  assertSameModel({ vectors: encoder, modelId: encoder.id }, { vectors: tower, modelId: tower.id });
  const journal = options.journal === undefined ? undefined : await openJournal(options.journal, encoder.id);
  const { rows, skipped, resumed } = await embedRows(tower, items, {
    journal,
    batchSize,
    thumbnail: options.thumbnail,
    onError: options.onError,
    onProgress,
    signal,
    total: options.total ?? (Array.isArray(items) ? items.length : null),
  });
  const data = new Float32Array(rows.length * encoder.dim);
  rows.forEach(({ vector }, i) => {
    data.set(vector, i * encoder.dim);
  });
  const gallery = createGallery({
    vectors: createVectors(data, encoder.dim),
    ids: rows.map(({ id }) => id),
    labels: rows.map(({ label }) => label),
    metadata: rows.some(({ metadata }) => metadata !== undefined)
      ? rows.map(({ metadata }) => metadata ?? null)
      : undefined,
    modelId: encoder.id,
  });
  const index = await buildIndex(gallery, { ...options.index, signal, onProgress });
  const pictures = new Map(rows.flatMap(({ id, thumbnail }) => (thumbnail ? [[id, thumbnail] as const] : [])));
  return createBundleSearcher<Image>({
    index,
    encoder,
    userinfo,
    ownsEncoder: false,
    thumbnails: thumbnailsInMemory(pictures),
    report: Object.freeze({
      rows: rows.length,
      skipped: Object.freeze(skipped),
      resumed,
      withoutThumbnail: Object.freeze(
        options.thumbnail ? rows.flatMap(({ id }) => (pictures.has(id) ? [] : [id])) : [],
      ),
    }),
    onSaved: journal && (() => journal.remove()),
  });
}
