import type { Gallery } from '@nearkin/core';
import { fileHost } from '#file-host';
import type { SearchIndex } from '../state/search-index.js';
import { indexEngine } from './index-engine.js';
import type { OpenIndexOptions } from './index-file.js';

/**
 * An index on disk that is changed in place. Every change is in a log beside the file, and on disk, before its promise
 * is fulfilled: a crash at any moment loses nothing that was acknowledged.
 */
export interface LastingIndex {
  /** To search; change it through the methods here, or the changes are not kept. */
  readonly index: SearchIndex;
  /** Changes in the log: opening the file replays them, compacting folds them in. */
  readonly changes: number;
  /** @throws {NearkinError} as `index.add`, and `DISK_FULL`, `IO_ERROR`, `LOCKED`; nothing is changed then */
  add(gallery: Gallery): Promise<void>;
  /** @throws {NearkinError} as `index.upsert`, and `DISK_FULL`, `IO_ERROR`, `LOCKED`; nothing is changed then */
  upsert(gallery: Gallery): Promise<void>;
  /** @throws {NearkinError} as `index.remove`, and `DISK_FULL`, `IO_ERROR`, `LOCKED`; nothing is changed then */
  remove(ids: Iterable<string>): Promise<void>;
  /**
   * Writes the file anew, with all changes in it, and empties the log.
   *
   * @throws {NearkinError} `DISK_FULL`, `IO_ERROR`, `LOCKED`; the old file and its log are then whole
   */
  compact(): Promise<void>;
  /**
   * Rebalances the index and compacts the file.
   *
   * @returns partitions changed
   */
  rebalance(): Promise<number>;
  /** Waits for changes under way, lets other writers in and frees the index. */
  close(): Promise<void>;
}

/**
 * Opens an index file for changing it (Node). One writer at a time: a second one gets `LOCKED`; the lock of a process
 * that died is taken over. Readers are not kept out, and see every acknowledged change when they open the file.
 *
 * @param path of a file that `saveIndex` wrote
 * @throws {NearkinError} `LOCKED`, `NOT_FOUND`, `BAD_FORMAT`, `UNSUPPORTED_VERSION`, `MODEL_MISMATCH`, `IO_ERROR`,
 * `ABORTED`; `UNSUPPORTED` in a browser
 * @example
 * const photos = await openLastingIndex('photos.nearkin');
 * await photos.add(newPhotos); // on disk from here on
 * photos.index.search(vector, { k: 3 });
 * await photos.close();
 */
export async function openLastingIndex(path: string | URL, options: OpenIndexOptions = {}): Promise<LastingIndex> {
  const { modelId, signal, onProgress } = options;
  const { index, writer } = await fileHost.openIndexWriter(indexEngine(options), {
    address: String(path),
    modelId,
    signal,
    onProgress,
  });
  return Object.freeze({
    index,
    get changes() {
      return writer.changes();
    },
    async add(gallery: Gallery) {
      if (gallery.vectors.count > 0) await writer.change({ kind: 'add', gallery });
    },
    async upsert(gallery: Gallery) {
      if (gallery.vectors.count > 0) await writer.change({ kind: 'upsert', gallery });
    },
    remove: (ids: Iterable<string>) => writer.change({ kind: 'remove', ids: [...ids] }),
    compact: () => writer.compact(),
    async rebalance() {
      let changed = 0;
      await writer.compact(() => {
        changed = index.rebalance();
      });
      return changed;
    },
    async close() {
      await writer.close();
      index.dispose();
    },
  });
}
