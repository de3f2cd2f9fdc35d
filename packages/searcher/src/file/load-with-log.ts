import { NearkinError } from '@nearkin/core';
import type { IndexSnapshot } from '../state/snapshot.js';
import type { LogBase } from './change-log.js';
import type { LoadOptions, StoredLog } from './file-host.js';
import type { IndexChange } from './index-change.js';
import type { RandomAccess } from './random-access.js';
import { openStoredIndex, type StoredIndex } from './snapshot-file.js';

/** How a file's content becomes an index and back. */
export interface IndexEngine<Index> {
  load(snapshot: IndexSnapshot): Index | Promise<Index>;
  /** Applies a change wholly, or throws and leaves the index as it was. */
  apply(index: Index, change: IndexChange): void | Promise<void>;
  save(index: Index): IndexSnapshot | Promise<IndexSnapshot>;
}

/**
 * Loads a file and the changes that were logged since it was written.
 *
 * @throws {NearkinError} `BAD_FORMAT`, `UNSUPPORTED_VERSION`, `MODEL_MISMATCH`, `NOT_FOUND`, `IO_ERROR`, `ABORTED`
 */
export async function loadWithLog<Index>(
  engine: IndexEngine<Index>,
  { base, log, ...options }: LoadOptions & { base: RandomAccess; log: StoredLog | undefined },
): Promise<{ index: Index; stored: StoredIndex; changes: number; logBytes: number | undefined }> {
  try {
    const stored = await openStoredIndex(base, options);
    const index = await engine.load(await stored.readSnapshot(options));
    let changes = 0;
    let logBytes: number | undefined;
    if (log) {
      let refused: unknown;
      for await (const { change, start, end } of log.changes(baseOf(stored))) {
        // Only the last change may be one that the index refuses: its writer died before it could take it back.
        if (refused) throw damagedLog(log, refused);
        try {
          await engine.apply(index, change());
          logBytes = end;
          changes++;
        } catch (error) {
          if (!(error instanceof NearkinError) || error.code === 'BAD_FORMAT') throw error;
          refused = error;
          logBytes = start;
        }
      }
    }
    return { index, stored, changes, logBytes };
  } finally {
    await Promise.all([base.close(), log?.close()]);
  }
}

export function baseOf({ container, generation }: StoredIndex): LogBase {
  return { checksum: container.checksum, bytes: container.access.size, generation };
}

function damagedLog(log: StoredLog, cause: unknown): NearkinError {
  return new NearkinError('BAD_FORMAT', `The log ${log.location} holds a change that its index refuses.`, {
    cause,
    details: { location: log.location },
  });
}
