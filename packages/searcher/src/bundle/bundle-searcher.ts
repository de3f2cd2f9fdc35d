import { assertSameModel, NearkinError, throwIfAborted } from '@nearkin/core';
import { readRow } from '../search/read-row.js';
import { checkSearchOptions, type Hit, type SearchOptions } from '../search/search-options.js';
import type { SearchIndex } from '../state/search-index.js';
import { embedQuery } from './embed-query.js';
import type { QueryEncoder } from './query-encoder.js';
import { checkQuery, type SearchQuery } from './search-query.js';
import { noThumbnails, type Thumbnails } from './thumbnails.js';

export interface BundleSearchOptions extends SearchOptions {
  /** Answers with a lower score are left out. Default: none is. */
  readonly minScore?: number | undefined;
}

/** What became of the items that a searcher was built from. */
export interface SearcherReport {
  readonly rows: number;
  /** Items that could not be read or embedded. */
  readonly skipped: readonly { readonly id: string; readonly code: string; readonly message: string }[];
  /** Rows that an earlier, interrupted run had embedded. */
  readonly resumed: number;
  /** Rows that no thumbnail could be made of, where thumbnails were asked for. */
  readonly withoutThumbnail: readonly string[];
}

/** An index, the encoder it is asked with, and what belongs to its rows: all that searching needs. */
export interface BundleSearcher<Image = unknown> {
  readonly index: SearchIndex;
  readonly encoder: QueryEncoder<Image>;
  /** Anything that JSON can hold, kept with the bundle. */
  readonly userinfo: unknown;
  /** Of the build; undefined for a searcher that was opened. */
  readonly report: SearcherReport | undefined;
  /**
   * Finds what is described by words, by a picture, by rows it is like, or by several of them together.
   *
   * @returns best first; ties in the order of the rows
   * @throws {NearkinError} `BAD_TEXT` for words that are empty or unknown; `INVALID_ARGUMENT`, also for a picture where
   *   words are due; `UNSUPPORTED` for what the encoder cannot encode; `UNKNOWN_ID`, `BAD_PICTURE`, `ABORTED`, `DISPOSED`
   * @example
   * await searcher.search('a cat with heart eyes', { k: 1 }); // [{ id: 'cat-7.png', score: 0.61, metadata: … }]
   * await searcher.search({ like: 'cat-7.png', not: 'a drawing' });
   */
  search(query: string | SearchQuery<Image>, options?: BundleSearchOptions): Promise<Hit[]>;
  /** The vector that {@link search} asks the index with, of length 1. */
  embed(query: string | SearchQuery<Image>, options?: { signal?: AbortSignal | undefined }): Promise<Float32Array>;
  /** A row's thumbnail, an encoded picture; undefined where there is none or its file is missing. */
  thumbnail(id: string): Promise<Uint8Array | undefined>;
  /** Which rows have no thumbnail in the bundle, or one whose file is missing or damaged. */
  checkThumbnails(): Promise<{ readonly present: number; readonly missing: readonly string[] }>;
  /** Frees the index, and the encoder if the searcher opened it. */
  dispose(): void;
  [Symbol.dispose](): void;
}

/** What saving needs beyond the searcher itself. */
export interface SearcherParts<Image> {
  readonly index: SearchIndex;
  readonly encoder: QueryEncoder<Image>;
  readonly userinfo: unknown;
  readonly report?: SearcherReport | undefined;
  readonly thumbnails?: Thumbnails | undefined;
  /** The encoder's files as they lie in the bundle it came from. */
  readonly encoderFiles?: (() => Promise<ReadonlyMap<string, Uint8Array>>) | undefined;
  /** Called after the searcher was saved. */
  readonly onSaved?: (() => Promise<void>) | undefined;
  readonly ownsEncoder: boolean;
  /** Default true. */
  readonly ownsIndex?: boolean | undefined;
}

const partsOf = new WeakMap<object, SearcherParts<never>>();

/** @throws {NearkinError} `INVALID_ARGUMENT` for what is no searcher of this package */
export function searcherParts<Image>(searcher: BundleSearcher<Image>): SearcherParts<Image> {
  const parts = partsOf.get(searcher);
  if (!parts) throw new NearkinError('INVALID_ARGUMENT', 'Expected a searcher of buildSearcher or openSearcher.');
  return parts as SearcherParts<Image>;
}

/** @throws {NearkinError} `MODEL_MISMATCH` or `DIMENSION_MISMATCH` when encoder and index disagree */
export function createBundleSearcher<Image>(parts: SearcherParts<Image>): BundleSearcher<Image> {
  const { index, encoder, userinfo, report, thumbnails = noThumbnails, ownsEncoder } = parts;
  assertSameModel({ vectors: index, modelId: index.modelId }, { vectors: encoder, modelId: encoder.id });
  const rows = { dim: index.dim, vector: (id: string) => rowOf(index, id) };
  const embed: BundleSearcher<Image>['embed'] = (query, { signal } = {}) =>
    embedQuery(checkQuery(query), { encoder, rows, signal });
  const dispose = () => {
    if (parts.ownsIndex !== false) index.dispose();
    if (ownsEncoder) encoder.dispose?.();
  };
  const searcher: BundleSearcher<Image> = Object.freeze({
    index,
    encoder,
    userinfo,
    report,
    embed,
    async search(query: string | SearchQuery<Image>, options: BundleSearchOptions = {}) {
      const { minScore = Number.NEGATIVE_INFINITY, k = 10, ...rest } = options;
      checkSearchOptions(options);
      assertScore(minScore);
      const checked = checkQuery(query);
      const vector = await embedQuery(checked, { encoder, rows, signal: options.signal });
      throwIfAborted(options.signal);
      const hits = index.search(vector, { ...rest, k: k + checked.like.length });
      return answersOf(hits, { like: checked.like, minScore, k });
    },
    thumbnail: (id: string) => thumbnails.read(id),
    checkThumbnails: () => thumbnails.check(index),
    dispose,
    [Symbol.dispose]: dispose,
  });
  partsOf.set(searcher, parts as unknown as SearcherParts<never>);
  return searcher;
}

/** @throws {NearkinError} `INVALID_ARGUMENT` */
export function assertScore(minScore: unknown): void {
  if (typeof minScore !== 'number' || Number.isNaN(minScore))
    throw new NearkinError('INVALID_ARGUMENT', `Expected minScore to be a number, got ${String(minScore)}.`);
}

/** What was found, without the rows that were asked with and what scores too little. */
export function answersOf(
  hits: readonly Hit[],
  { like, minScore, k }: { like: readonly string[]; minScore: number; k: number },
): Hit[] {
  const asked = new Set(like);
  return hits.filter(({ id, score }) => !asked.has(id) && score >= minScore).slice(0, k);
}

/** A row as finely as the index keeps it. */
function rowOf({ state }: SearchIndex, id: string): Float32Array {
  const row = state.rows.find(id);
  if (row === undefined)
    throw new NearkinError('UNKNOWN_ID', `Expected the id of a row of the index, got ${JSON.stringify(id)}.`, {
      details: { id },
    });
  return readRow(state, row);
}
