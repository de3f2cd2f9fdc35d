import type { BundleSource, BundleTarget } from '@nearkin/core';
import type { SearchIndex } from '../state/search-index.js';
import type { BuildSearcherOptions } from './build-searcher.js';
import type { BundleSearcher } from './bundle-searcher.js';
import type { BundleReport } from './inspect-bundle.js';
import type { SearcherItem } from './journal.js';
import type { LazyBundleSearcher, OpenLazySearcherOptions } from './open-lazy-searcher.js';
import type { OpenSearcherOptions } from './open-searcher.js';
import type { QueryEncoder } from './query-encoder.js';

// Who only searches an index does not load what search bundles need: each of these is a chunk of its own.

/**
 * Makes items searchable: embeds them one batch after another, builds the index, and puts the encoder beside it.
 *
 * Items that cannot be read or embedded are left out and told in `report`.
 *
 * @param items pictures or texts, each with an id; labels and metadata (links, captions) are kept with the rows
 * @throws {NearkinError} `EMPTY_GALLERY` when nothing could be embedded, `DUPLICATE_ID`, `INVALID_ARGUMENT`,
 *   `UNSUPPORTED` for items that the encoder has no tower for, `ABORTED`, and what `buildIndex` throws
 * @example
 * const searcher = await buildSearcher(readImages('photos'), { encoder, journal: 'photos.journal' });
 * await saveSearcher(searcher, 'photos-search');
 */
export async function buildSearcher<Input, Image = Input>(
  items: Iterable<SearcherItem<Input>> | AsyncIterable<SearcherItem<Input>>,
  options: BuildSearcherOptions<Input, Image>,
): Promise<BundleSearcher<Image>> {
  const { buildSearcherNow } = await import('./build-searcher.js');
  return buildSearcherNow(items, options);
}

/**
 * Opens what {@link saveSearcher} wrote. The encoder's tower of pictures is loaded when the first picture comes. Missing
 * thumbnails do not matter; `checkThumbnails()` tells them.
 *
 * @param source a folder, `…/search.json`, a URL, `indexeddb://name`, files in memory, or an open bundle
 * @throws {NearkinError} `NOT_FOUND`; `BAD_FORMAT` for something else or damaged files; `UNSUPPORTED_VERSION`;
 *   `MODEL_MISMATCH`, `DIMENSION_MISMATCH` when encoder and index disagree; `EMBEDDER_NEEDED` when the encoder is not in
 *   the bundle; `MISSING_DEPENDENCY` without @nearkin/embedders; `BAD_MODEL`, `IO_ERROR`, `ABORTED`
 * @example
 * using searcher = await openSearcher('photos-search');
 * await searcher.search('a cat with heart eyes', { k: 5 });
 */
// biome-ignore lint/suspicious/noExplicitAny: what a picture is, the embedders decide
export async function openSearcher<Image = any>(
  source: BundleSource,
  options: OpenSearcherOptions<Image> = {},
): Promise<BundleSearcher<Image>> {
  const { openSearcherNow } = await import('./open-searcher.js');
  return openSearcherNow(source, options);
}

/**
 * Opens what {@link saveSearcher} wrote and leaves the rows where they are: a search reads the partitions that it looks
 * at, from a folder by positioned reads, from a URL by Range requests, and checks them. Bundles in memory or in
 * `indexeddb://` are read whole. Once most of the index was looked at it holds all of it, up to `cacheBytes`. For large
 * bundles that are asked a few times; `openSearcher` answers many questions faster, and has filters.
 *
 * @param source a folder, `…/search.json`, a URL, `indexeddb://name`, files in memory, or an open bundle
 * @throws {NearkinError} as {@link openSearcher}
 * @example
 * using searcher = await openLazySearcher('https://example.com/photos-search/');
 * await searcher.search('a cat with heart eyes', { k: 5 });
 * searcher.traffic(); // { fetchedBytes: 1234567, fileBytes: 22345678 }
 */
export async function openLazySearcher<Image = unknown>(
  source: BundleSource,
  options: OpenLazySearcherOptions<Image> = {},
): Promise<LazyBundleSearcher<Image>> {
  const { openLazySearcherNow } = await import('./open-lazy-searcher.js');
  return openLazySearcherNow<Image>(source, options);
}

/**
 * Saves a searcher as one folder: index, encoder, thumbnails, and `search.json`, which names them. Readers see the old
 * folder or the new one. An encoder that is made of functions is left out and must be given again when it is opened.
 *
 * @throws {NearkinError} `DISK_FULL`, `IO_ERROR`; the old folder is then whole
 * @example
 * await saveSearcher(searcher, 'photos-search');
 */
export async function saveSearcher<Image>(searcher: BundleSearcher<Image>, target: BundleTarget): Promise<void> {
  const { saveSearcherNow } = await import('./save-searcher.js');
  return saveSearcherNow(searcher, target);
}

/** A searcher as files by name, as {@link saveSearcher} writes them and {@link openSearcher} reads them. */
export async function searcherFiles<Image>(searcher: BundleSearcher<Image>): Promise<Map<string, Uint8Array>> {
  const { filesOfSearcher } = await import('./save-searcher.js');
  return filesOfSearcher(searcher);
}

/**
 * A searcher over an index that there is already, asked by an encoder; neither is disposed with it.
 *
 * @throws {NearkinError} `MODEL_MISMATCH`, `DIMENSION_MISMATCH` when the index was made by another encoder
 * @example
 * const searcher = await composeSearcher(index, encoder);
 * await searcher.search({ text: 'a red apple', not: 'a drawing' });
 */
export async function composeSearcher<Image>(
  index: SearchIndex,
  encoder: QueryEncoder<Image>,
  options: { readonly userinfo?: unknown } = {},
): Promise<BundleSearcher<Image>> {
  const { createBundleSearcher } = await import('./bundle-searcher.js');
  return createBundleSearcher({
    index,
    encoder,
    userinfo: options.userinfo ?? null,
    ownsEncoder: false,
    ownsIndex: false,
  });
}

/**
 * Says what is in a search bundle, file by file, and whether each is what was saved. The encoder is not opened.
 *
 * @throws {NearkinError} `NOT_FOUND`; `BAD_FORMAT` for something else; `UNSUPPORTED_VERSION`, `IO_ERROR`, `ABORTED`
 * @example
 * const report = await inspectBundle('photos-search');
 * console.log(report.index.index.count, report.thumbnails, report.intact); // 297 297 true
 */
export async function inspectBundle(
  source: BundleSource,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<BundleReport> {
  const { inspectBundleNow } = await import('./inspect-bundle.js');
  return inspectBundleNow(source, options);
}
