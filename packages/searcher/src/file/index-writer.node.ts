import { encodeFrame, encodeLogHeader, type LogBase } from './change-log.js';
import { statedChecksum } from './container-format.js';
import type { IndexWriter, LoadOptions } from './file-host.js';
import { openFileWriter } from './file-writer.node.js';
import { decodeChange, encodeChange } from './index-change.js';
import { baseOf, type IndexEngine, loadWithLog } from './load-with-log.js';
import { openWithLog } from './open-with-log.node.js';
import { snapshotPieces } from './snapshot-file.js';

/**
 * Opens an index on disk for changing it; one writer at a time.
 *
 * @throws {NearkinError} `LOCKED` and what {@link loadWithLog} throws
 */
export async function openIndexWriter<Index>(
  engine: IndexEngine<Index>,
  { address, ...options }: LoadOptions & { address: string },
): Promise<{ index: Index; writer: IndexWriter }> {
  const file = await openFileWriter(address);
  try {
    const loaded = await loadWithLog(engine, { ...options, ...(await openWithLog(address)) });
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
  const file = await openFileWriter(address, { create: true });
  try {
    await file.replaceBase(pieces);
    await file.removeLog();
  } finally {
    await file.close();
  }
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
