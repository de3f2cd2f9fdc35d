import { type FileHandle, open, stat } from 'node:fs/promises';
import { NearkinError } from '@nearkin/core';
import { fromErrno } from '@nearkin/core/node';
import { readLog } from './change-log.js';
import type { StoredLog } from './file-host.js';
import { logPath } from './file-writer.node.js';
import { decodeChange } from './index-change.js';
import { toPath } from './node-path.node.js';
import { assertInside, cutOff, type RandomAccess, throwIfStopped } from './random-access.js';

/** Opens a file for reading. */
export async function openFile(address: string): Promise<RandomAccess> {
  return (await openPath(toPath(address))).access;
}

/** Opens a file and its log of changes, both of the same moment. */
export async function openWithLog(address: string): Promise<{ base: RandomAccess; log: StoredLog | undefined }> {
  const path = toPath(address);
  for (let attempt = 0; ; attempt++) {
    const { access: base, inode } = await openPath(path);
    let log: RandomAccess | undefined;
    try {
      log = await openIfThere(logPath(path));
      // If the file was replaced meanwhile, the log may already go on from the new one.
      if ((await stat(path, { bigint: true })).ino === inode || attempt === 20)
        return { base, log: log && storedLog(log) };
    } catch (cause) {
      await Promise.all([base.close(), log?.close()]);
      throw fromErrno(cause as NodeJS.ErrnoException, path);
    }
    await Promise.all([base.close(), log?.close()]);
  }
}

function storedLog(log: RandomAccess): StoredLog {
  return {
    location: log.location,
    size: log.size,
    async *changes(base) {
      for await (const { payload, start, end } of readLog(log, base))
        yield { change: () => decodeChange(payload), start, end };
    },
    close: () => log.close(),
  };
}

async function openIfThere(path: string): Promise<RandomAccess | undefined> {
  try {
    return (await openPath(path)).access;
  } catch (error) {
    if (error instanceof NearkinError && error.code === 'NOT_FOUND') return undefined;
    throw error;
  }
}

async function openPath(path: string): Promise<{ access: RandomAccess; inode: bigint }> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, 'r');
    const info = await handle.stat({ bigint: true });
    if (info.isFile()) return { access: fileAccess(handle, { path, size: Number(info.size) }), inode: info.ino };
  } catch (cause) {
    await handle?.close();
    throw fromErrno(cause as NodeJS.ErrnoException, path);
  }
  await handle.close();
  throw new NearkinError('BAD_FORMAT', `Expected a file, got a folder or device: ${path}.`, { details: { path } });
}

/** One read of the system ends at 2 GiB. */
const longestRead = 2 ** 30;

function fileAccess(handle: FileHandle, { path, size }: { path: string; size: number }): RandomAccess {
  return {
    location: path,
    size,
    async read(span, { signal } = {}) {
      assertInside(span, { size, location: path });
      const bytes = new Uint8Array(span.length);
      for (let done = 0; done < span.length; ) {
        throwIfStopped(signal, path);
        const length = Math.min(longestRead, span.length - done);
        const { bytesRead } = await handle
          .read(bytes, done, length, span.offset + done)
          .catch((cause: NodeJS.ErrnoException) => {
            throw fromErrno(cause, path);
          });
        if (bytesRead === 0) throw cutOff(span, { size: span.offset + done, location: path });
        done += bytesRead;
      }
      return bytes;
    },
    async close() {
      await handle.close();
    },
  };
}
