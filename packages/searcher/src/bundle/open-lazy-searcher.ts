import {
  assertSameModel,
  type Bundle,
  type BundleSource,
  NearkinError,
  openBundle,
  throwIfAborted,
} from '@nearkin/core';
import { openLazyIndex } from '../file/index-file.js';
import type { LazyIndex, LazySearchOptions } from '../file/lazy-index.js';
import { checkSearchOptions, type Hit } from '../search/search-options.js';
import type { IndexHeader } from '../state/index-header.js';
import { readRoot, rootFile } from './bundle-format.js';
import { answersOf, assertScore } from './bundle-searcher.js';
import { checkedSize, readChecked } from './checked-name.js';
import { embedQuery } from './embed-query.js';
import { assertOwnIndex, type OpenSearcherOptions, openEncoder } from './open-searcher.js';
import type { QueryEncoder } from './query-encoder.js';
import { checkQuery, type SearchQuery } from './search-query.js';
import { noThumbnails, openThumbnails } from './thumbnails.js';

export interface OpenLazySearcherOptions<Image> extends Omit<OpenSearcherOptions<Image>, 'onProgress'> {
  /** Bytes of the index that stay in memory. Default 64 MiB. */
  readonly cacheBytes?: number | undefined;
}

export interface LazyBundleSearchOptions extends LazySearchOptions {
  /** Answers with a lower score are left out. Default: none is. */
  readonly minScore?: number | undefined;
}

/** A search bundle whose rows stay where they are until a search needs them: no filters, and nothing can be changed. */
export interface LazyBundleSearcher<Image = unknown> {
  /** What the index says of itself: kind, metric, rows, dimension, search defaults. */
  readonly header: IndexHeader;
  readonly encoder: QueryEncoder<Image>;
  readonly userinfo: unknown;
  /** Finds what the whole searcher would find with the same options; see `BundleSearcher`. */
  search(query: string | SearchQuery<Image>, options?: LazyBundleSearchOptions): Promise<Hit[]>;
  /** The vector that {@link search} asks the index with, of length 1. */
  embed(query: string | SearchQuery<Image>, options?: { signal?: AbortSignal | undefined }): Promise<Float32Array>;
  /** A row's thumbnail, an encoded picture; undefined where there is none or its file is missing. */
  thumbnail(id: string): Promise<Uint8Array | undefined>;
  /** Bytes of the index that were read so far, and all it has. */
  traffic(): { readonly fetchedBytes: number; readonly fileBytes: number };
  /** Closes the index, and frees the encoder if the searcher opened it. */
  dispose(): void;
  [Symbol.dispose](): void;
}

/** What `openLazySearcher` does. */
export async function openLazySearcherNow<Image>(
  source: BundleSource,
  options: OpenLazySearcherOptions<Image> = {},
): Promise<LazyBundleSearcher<Image>> {
  const { signal } = options;
  throwIfAborted(signal);
  const { bundle, file = rootFile } = await openBundle(source);
  const root = readRoot(await bundle.read(file, { signal }), bundle.location);
  const index = await openIndexOf(bundle, root.index, options);
  let encoder = options.encoder;
  try {
    assertOwnIndex(index.header, root, bundle.location);
    encoder ??= await openEncoder<Image>(bundle, root, options);
    assertSameModel(
      { vectors: index.header, modelId: index.header.modelId },
      { vectors: encoder, modelId: encoder.id },
    );
  } catch (error) {
    index.dispose();
    if (!options.encoder) encoder?.dispose?.();
    throw error;
  }
  const thumbnails = root.thumbnails === null ? noThumbnails : openThumbnails(bundle, root.thumbnails);
  const owned = options.encoder ? undefined : encoder;
  return lazySearcher({ index, encoder, userinfo: root.userinfo, thumbnail: thumbnails.read, owned });
}

function lazySearcher<Image>(parts: {
  readonly index: LazyIndex;
  readonly encoder: QueryEncoder<Image>;
  readonly userinfo: unknown;
  readonly thumbnail: (id: string) => Promise<Uint8Array | undefined>;
  /** Disposed with the searcher. */
  readonly owned: QueryEncoder<Image> | undefined;
}): LazyBundleSearcher<Image> {
  const { index, encoder, userinfo, thumbnail, owned } = parts;
  const rows = { dim: index.header.dim, vector: index.vector };
  const dispose = () => {
    index.dispose();
    owned?.dispose?.();
  };
  return Object.freeze({
    header: index.header,
    encoder,
    userinfo,
    thumbnail,
    traffic: () => index.traffic(),
    embed: (query: string | SearchQuery<Image>, { signal }: { signal?: AbortSignal | undefined } = {}) =>
      embedQuery(checkQuery(query), { encoder, rows, signal }),
    async search(query: string | SearchQuery<Image>, options: LazyBundleSearchOptions = {}) {
      const { minScore = Number.NEGATIVE_INFINITY, k = 10, ...rest } = options;
      checkSearchOptions(options);
      assertScore(minScore);
      if ('filter' in options)
        throw new NearkinError('UNSUPPORTED', 'A lazy searcher has no filters: open the bundle with openSearcher.');
      const checked = checkQuery(query);
      const vector = await embedQuery(checked, { encoder, rows, signal: options.signal });
      const hits = await index.search(vector, { ...rest, k: k + checked.like.length });
      return answersOf(hits, { like: checked.like, minScore, k });
    },
    dispose,
    [Symbol.dispose]: dispose,
  });
}

/** The index by its address, of which pieces can be read; whole where the bundle's files have none. */
async function openIndexOf<Image>(
  bundle: Bundle,
  name: string,
  { signal, engine, relaxed, shared, cacheBytes }: OpenLazySearcherOptions<Image>,
): Promise<LazyIndex> {
  const source = bundle.address?.(name) ?? (await readChecked(bundle, name, { signal }));
  const index = await openLazyIndex(source, { signal, engine, relaxed, shared, cacheBytes });
  const { fileBytes } = index.traffic();
  if (checkedSize(name) === fileBytes) return index;
  index.dispose();
  throw new NearkinError(
    'BAD_FORMAT',
    `${name} in ${bundle.location} is not what was saved: it has ${fileBytes} bytes. Is the file cut off?`,
    { details: { location: bundle.location, file: name, bytes: fileBytes } },
  );
}
