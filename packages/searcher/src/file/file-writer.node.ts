import { type FileHandle, mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { NearkinError } from '@nearkin/core';
import { fromErrno, replaceFile } from '@nearkin/core/node';
import { toPath } from './node-path.node.js';
import { takeWriteLock } from './write-lock.node.js';

/** The only writer of a file and of the log beside it. Every promise is kept through a power cut once it is fulfilled. */
export interface FileWriter {
  readonly location: string;
  /** Replaces the file in one step; on failure the old one stays whole. */
  replaceBase(pieces: readonly Uint8Array[]): Promise<void>;
  /** Replaces the log in one step by one that holds only these bytes, and goes on there. */
  startLog(header: Uint8Array): Promise<void>;
  /** Goes on with the log that is there, cut to `size` bytes. */
  continueLog(size: number): Promise<void>;
  /** @throws {NearkinError} `DISK_FULL`, `IO_ERROR`; the log is then as it was, or takes no more changes */
  append(bytes: Uint8Array): Promise<void>;
  /** Takes the last appended bytes back. */
  cutLog(size: number): Promise<void>;
  logBytes(): number;
  removeLog(): Promise<void>;
  /** Releases the right to write. */
  close(): Promise<void>;
}

/** Where the log of a file's changes lies. */
export function logPath(path: string): string {
  return `${path}.log`;
}

export async function openFileWriter(address: string, options: { create?: boolean } = {}): Promise<FileWriter> {
  const path = toPath(address);
  const attempt = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (cause) {
      throw fromErrno(cause as NodeJS.ErrnoException, path);
    }
  };
  if (options.create) await attempt(() => mkdir(dirname(path), { recursive: true }));
  const lock = await takeWriteLock(path);
  const log = logPath(path);
  let handle: FileHandle | undefined;
  let size = 0;
  let broken: unknown;
  await sweep(path).catch(() => {});

  const openLog = async (bytes: number) => {
    await handle?.close();
    handle = undefined;
    handle = await open(log, 'r+');
    await handle.truncate(bytes);
    await handle.sync();
    size = bytes;
    broken = undefined;
  };
  const cut = async (bytes: number) => {
    await handle!.truncate(bytes);
    await handle!.sync();
    size = bytes;
  };
  return {
    location: path,
    async replaceBase(pieces) {
      await lock.assertHeld();
      await replaceFile(path, pieces);
    },
    async startLog(header) {
      await lock.assertHeld();
      // Until the new log is in place, the open one belongs to a file that is gone.
      broken = new NearkinError('IO_ERROR', `The log ${log} could not be started.`);
      await replaceFile(log, header);
      await attempt(() => openLog(header.length));
    },
    async continueLog(bytes) {
      await lock.assertHeld();
      await attempt(() => openLog(bytes));
    },
    async append(bytes) {
      await lock.assertHeld();
      if (broken || !handle)
        throw new NearkinError(
          'IO_ERROR',
          `The log ${log} takes no more changes after an earlier failure; open the index again.`,
          { cause: broken, details: { path: log } },
        );
      try {
        for (let done = 0; done < bytes.length; )
          done += (await handle.write(bytes, done, bytes.length - done, size + done)).bytesWritten;
        await handle.sync();
        size += bytes.length;
      } catch (cause) {
        await cut(size).catch((second: unknown) => {
          broken = second;
        });
        throw fromErrno(cause as NodeJS.ErrnoException, log);
      }
    },
    async cutLog(bytes) {
      await attempt(() => cut(bytes)).catch((cause: unknown) => {
        broken = cause;
        throw cause;
      });
    },
    logBytes: () => size,
    async removeLog() {
      await handle?.close();
      handle = undefined;
      await rm(log, { force: true });
      await syncFolder(dirname(path));
    },
    async close() {
      await handle?.close();
      handle = undefined;
      await lock.release();
    },
  };
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  await handle?.sync().catch(() => {});
  await handle?.close();
}

/** Files half written by processes that died are in nobody's way but take room. */
async function sweep(path: string): Promise<void> {
  const folder = dirname(path);
  const lockRest = `${basename(path)}.lock.`;
  for (const name of await readdir(folder)) {
    const rest = name.startsWith(lockRest) ? name.slice(lockRest.length) : /^\.nearkin-(.*)\.tmp$/.exec(name)?.[1];
    const pid = /^(\d+)-/.exec(rest ?? '')?.[1];
    if (pid === undefined || lives(Number(pid))) continue;
    const { mtimeMs } = await stat(join(folder, name));
    if (Date.now() - mtimeMs > leaveForMs) await rm(join(folder, name), { force: true });
  }
}

/** A process of another machine or container cannot be seen from here; what it writes is young. */
const leaveForMs = 60_000;

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'EPERM';
  }
}
