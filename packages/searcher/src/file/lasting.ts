import { NearkinError } from '@nearkin/core';
import { fileHost } from '#file-host';
import type { IndexSnapshot } from '../snapshot.js';
import { encodeFrame, encodeLogHeader, type LogBase, readLog } from './change-log.js';
import { statedChecksum } from './container-format.js';
import { decodeChange, encodeChange, type IndexChange } from './index-change.js';
import type { RandomAccess } from './random-access.js';
import { openStoredIndex, type StoredIndex, snapshotPieces } from './snapshot-file.js';

/** How a file's content becomes an index and back. */
export interface IndexEngine<Index> {
  load(snapshot: IndexSnapshot): Index | Promise<Index>;
  /** Applies a change wholly, or throws and leaves the index as it was. */
  apply(index: Index, change: IndexChange): void | Promise<void>;
  save(index: Index): IndexSnapshot | Promise<IndexSnapshot>;
}

type Options = { readonly modelId?: string | undefined; readonly signal?: AbortSignal | undefined };

/**
 * Loads a file and the changes that were logged since it was written.
 *
 * @throws {NearkinError} `BAD_FORMAT`, `UNSUPPORTED_VERSION`, `MODEL_MISMATCH`, `NOT_FOUND`, `IO_ERROR`, `ABORTED`
 */
export async function loadWithLog<Index>(
  engine: IndexEngine<Index>,
  { base, log, ...options }: Options & { base: RandomAccess; log: RandomAccess | undefined },
): Promise<{ index: Index; stored: StoredIndex; changes: number; logBytes: number | undefined }> {
  try {
    const stored = await openStoredIndex(base, options);
    const index = await engine.load(await stored.readSnapshot(options));
    let changes = 0;
    let logBytes: number | undefined;
    if (log) {
      let refused: unknown;
      for await (const { payload, start, end } of readLog(log, baseOf(stored))) {
        // Only the last change may be one that the index refuses: its writer died before it could take it back.
        if (refused) throw damagedLog(log, refused);
        try {
          await engine.apply(index, decodeChange(payload));
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

/** Changes an index on disk: each change is on disk before it is acknowledged. */
export interface IndexWriter {
  /** Changes in the log: compact when it gets long. */
  changes(): number;
  change(change: IndexChange): Promise<void>;
  /**
   * Folds the log into the file.
   *
   * @param before a change of the index that the log cannot hold, made first
   */
  compact(before?: () => void): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens an index on disk for changing it; one writer at a time.
 *
 * @throws {NearkinError} `LOCKED` and what {@link loadWithLog} throws
 */
export async function openIndexWriter<Index>(
  engine: IndexEngine<Index>,
  { address, ...options }: Options & { address: string },
): Promise<{ index: Index; writer: IndexWriter }> {
  const file = await fileHost.openWriter(address);
  try {
    const loaded = await loadWithLog(engine, { ...options, ...(await fileHost.openWithLog(address)) });
    const { index } = loaded;
    let { changes } = loaded;
    let base = baseOf(loaded.stored);
    if (loaded.logBytes === undefined) await file.startLog(encodeLogHeader(base));
    else await file.continueLog(loaded.logBytes);
    const inTurn = createQueue();
    return {
      index,
      writer: {
        changes: () => changes,
        change: (change) =>
          inTurn(async () => {
            const before = file.logBytes();
            const payload = encodeChange(change);
            // What is applied is what will be read again: the index is the same now and after it is opened.
            const asRead = decodeChange(payload);
            await file.append(encodeFrame(payload, changes + 1));
            try {
              await engine.apply(index, asRead);
            } catch (error) {
              await file.cutLog(before);
              throw error;
            }
            changes++;
          }),
        compact: (before) =>
          inTurn(async () => {
            before?.();
            const generation = base.generation + 1;
            const pieces = snapshotPieces(await engine.save(index), { generation });
            await file.replaceBase(pieces);
            // From here on the old log is one of another file, and is not read any more.
            base = baseOfPieces(pieces, generation);
            changes = 0;
            await file.startLog(encodeLogHeader(base));
          }),
        close: () => inTurn(() => file.close()),
      },
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/**
 * Replaces a file, and drops the log of the old one.
 *
 * @throws {NearkinError} `LOCKED`, `DISK_FULL`, `IO_ERROR`; the old file is then whole
 */
export async function replaceIndexFile(address: string, pieces: readonly Uint8Array[]): Promise<void> {
  const file = await fileHost.openWriter(address, { create: true });
  try {
    await file.replaceBase(pieces);
    await file.removeLog();
  } finally {
    await file.close();
  }
}

export function baseOf({ container, generation }: StoredIndex): LogBase {
  return { checksum: container.checksum, bytes: container.access.size, generation };
}

function baseOfPieces(pieces: readonly Uint8Array[], generation: number): LogBase {
  const bytes = pieces.reduce((sum, { length }) => sum + length, 0);
  return { checksum: statedChecksum(pieces[0]!), bytes, generation };
}

/** Runs jobs one after the other, whatever becomes of those before. */
function createQueue(): <T>(job: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (job) => {
    const result = last.then(job, job);
    last = result.catch(() => {});
    return result;
  };
}

function damagedLog(log: RandomAccess, cause: unknown): NearkinError {
  return new NearkinError('BAD_FORMAT', `The log ${log.location} holds a change that its index refuses.`, {
    cause,
    details: { location: log.location },
  });
}
