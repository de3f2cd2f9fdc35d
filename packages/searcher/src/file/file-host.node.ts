import { type FileHandle, open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NearkinError } from '@nearkin/core';
import { replaceFile } from '@nearkin/core/node';
import type { FileHost } from './file-host.js';
import { assertInside, cutOff, type RandomAccess, throwIfStopped } from './random-access.js';

export const fileHost: FileHost = {
  async openFile(address) {
    const path = toPath(address);
    let handle: FileHandle | undefined;
    try {
      handle = await open(path, 'r');
      const info = await handle.stat();
      if (info.isFile()) return fileAccess(handle, { path, size: info.size });
    } catch (cause) {
      await handle?.close();
      throw fromErrno(cause as NodeJS.ErrnoException, path);
    }
    await handle.close();
    throw new NearkinError('BAD_FORMAT', `Expected an index file, got a folder or device: ${path}.`, {
      details: { path },
    });
  },

  async replaceFile(address, pieces) {
    await replaceFile(toPath(address), pieces);
  },
};

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

export function toPath(address: string): string {
  if (address.startsWith('file:')) return fileURLToPath(address);
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(address))
    throw new NearkinError('UNSUPPORTED', `Cannot use ${address} in Node: expected a path or a file: address.`, {
      details: { address },
    });
  return resolve(address);
}

export function fromErrno(cause: NodeJS.ErrnoException, path: string): NearkinError {
  if (cause instanceof NearkinError) return cause;
  const details = { path, reason: cause.code };
  if (cause.code === 'ENOENT')
    return new NearkinError('NOT_FOUND', `Nothing is at ${path}; check the path.`, { cause, details });
  if (cause.code === 'ENOSPC' || cause.code === 'EDQUOT')
    return new NearkinError('DISK_FULL', `No space is left to write ${path}; what was there before is untouched.`, {
      cause,
      details,
    });
  return new NearkinError('IO_ERROR', `Could not read or write ${path}: ${cause.message}`, { cause, details });
}
