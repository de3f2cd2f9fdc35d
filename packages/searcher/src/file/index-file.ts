import { type JobOptions, NearkinError } from '@nearkin/core';
import { fileHost } from '#file-host';
import { readRow } from '../search/read-row.js';
import type { SearchIndex } from '../state/search-index.js';
import { type EngineOptions, fromSnapshot, type IndexSnapshot, toSnapshot } from '../state/snapshot.js';
import type { StoredLog } from './file-host.js';
import { indexEngine } from './index-engine.js';
import { createLazyIndex, type LazyIndex } from './lazy-index.js';
import { baseOf, loadWithLog } from './load-with-log.js';
import { type IndexSource, type IndexTarget, isAddress, openSource, writeTarget } from './open-source.js';
import { openStoredIndex, type StoredIndex, snapshotPieces } from './snapshot-file.js';

/** How an index file is opened; progress is told in bytes of the file. */
export interface OpenIndexOptions extends EngineOptions, JobOptions {
  /** The embedder that queries will come from: a file of another one is a `MODEL_MISMATCH`. */
  readonly modelId?: string | undefined;
}

export interface OpenLazyIndexOptions extends Omit<OpenIndexOptions, 'onProgress'> {
  /** Bytes of the file that stay in memory. Default 64 MiB. */
  readonly cacheBytes?: number | undefined;
}

/**
 * Opens an index file and checks all of it. From a path, changes that are still in the log beside it are replayed.
 *
 * Changes made to the index stay in memory until `saveIndex`; to keep each at once see `openLastingIndex`.
 *
 * @param source a path or `file:` URL (Node), `opfs://name` (browser), an `http(s):` URL, bytes, a `Blob` or `File`
 * @throws {NearkinError} `BAD_FORMAT` when the file is damaged or something else, `UNSUPPORTED_VERSION`,
 * `MODEL_MISMATCH`, `NOT_FOUND`, `IO_ERROR`, `TOO_LARGE`, `ABORTED`
 * @example
 * const index = await openIndex('photos.nearkin');
 * index.search(vector, { k: 1 }); // [{ id: 'cat-3.jpg', score: 0.93, label: 'cat' }]
 */
export async function openIndex(source: IndexSource, options: OpenIndexOptions = {}): Promise<SearchIndex> {
  const opened = isAddress(source)
    ? await fileHost.openWithLog(String(source))
    : { base: await openSource(source, options), log: undefined };
  const { modelId, signal, onProgress } = options;
  const { index } = await loadWithLog(indexEngine(options), { ...opened, modelId, signal, onProgress });
  return index;
}

/**
 * Opens an index file and leaves its rows where they are: a search fetches the partitions it looks at, and checks them.
 * For large files behind a URL, whose server should answer Range requests; of kind `partitioned`, the others are
 * fetched whole by the first search.
 *
 * @throws {NearkinError} as {@link openIndex}; `UNSUPPORTED` for a path whose log holds changes: compact it first
 * @example
 * const index = await openLazyIndex('https://example.com/photos.nearkin');
 * await index.search(vector, { k: 1 }); // [{ id: 'cat-3.jpg', score: 0.93, label: 'cat' }]
 * index.traffic(); // { fetchedBytes: 3683082, fileBytes: 196115130 }
 */
export async function openLazyIndex(source: IndexSource, options: OpenLazyIndexOptions = {}): Promise<LazyIndex> {
  const { base: access, log } = isAddress(source)
    ? await fileHost.openWithLog(String(source))
    : { base: await openSource(source, options), log: undefined };
  try {
    const stored = await openStoredIndex(access, options);
    if (log) await assertFoldedIn(log, stored);
    const { cacheBytes, signal } = options;
    const load = async (snapshot: IndexSnapshot) => {
      const index = await fromSnapshot(snapshot, options);
      return {
        search: index.search.bind(index),
        vector: (id: string) => readRow(index.state, index.state.rows.find(id)!),
        dispose: () => index.dispose(),
      };
    };
    return await createLazyIndex(stored, { load, cacheBytes, signal });
  } catch (error) {
    await access.close();
    throw error;
  } finally {
    await log?.close();
  }
}

async function assertFoldedIn(log: StoredLog, stored: StoredIndex): Promise<void> {
  for await (const _ of log.changes(baseOf(stored)))
    throw new NearkinError(
      'UNSUPPORTED',
      `Expected a file without changes beside it, got some in ${log.location}; compact the index, or open it whole.`,
      { details: { location: log.location } },
    );
}

/**
 * Writes an index to a file in one step: readers see the old file or the new one. The log of the old file is dropped.
 *
 * @param target a path or `file:` URL (Node), `opfs://name` or a file handle (browser)
 * @throws {NearkinError} `DISK_FULL`, `IO_ERROR`, `LOCKED` while somebody changes the file; the old file is then whole
 * @example
 * await saveIndex(index, 'photos.nearkin');
 */
export async function saveIndex(index: SearchIndex, target: IndexTarget): Promise<void> {
  await writeTarget(target, snapshotPieces(toSnapshot(index)));
}
