import { readFileSync } from 'node:fs';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { NearkinError } from '@nearkin/core';
import { fromErrno } from '@nearkin/core/node';

/** The right to write a file, until released. */
export interface WriteLock {
  /** @throws {NearkinError} `LOCKED` when the lock file is no longer ours: somebody removed it by hand */
  assertHeld(): Promise<void>;
  release(): Promise<void>;
}

interface Holder {
  readonly pid: number;
  readonly host: string;
  /** What tells the process from a later one with the same number, where the system says; else ''. */
  readonly start: string;
  /** Tells two locks of one process apart. */
  readonly token: string;
}

/**
 * Takes the lock file `<path>.lock`. A lock whose process has ended is taken over; one from another machine is not, as
 * nobody here can tell whether its process lives.
 *
 * @throws {NearkinError} `LOCKED` naming the holder, `IO_ERROR`, `DISK_FULL`
 */
export async function takeWriteLock(path: string): Promise<WriteLock> {
  const lock = `${path}.lock`;
  const mine: Holder = {
    pid: process.pid,
    host: hostname(),
    start: processStart(process.pid),
    token: Math.random().toString(36).slice(2),
  };
  const text = JSON.stringify(mine);
  for (let attempt = 0; attempt < 20; attempt++) {
    if (await putLock(lock, { text, token: mine.token })) return heldLock(lock, text);
    const found = await readFile(lock, 'utf8').catch(() => undefined);
    if (found === undefined) continue;
    const holder = parseHolder(found);
    if (!holder || isAlive(holder)) throw locked(path, lock, holder);
    await removeStale(lock, { found, token: mine.token });
  }
  throw locked(path, lock, undefined);
}

/** The lock appears with its content, in one step: nobody ever reads half of it. */
async function putLock(lock: string, { text, token }: { text: string; token: string }): Promise<boolean> {
  const own = `${lock}.${process.pid}-${token}`;
  try {
    await writeFile(own, text);
    await link(own, lock).catch(async (cause: NodeJS.ErrnoException) => {
      if (cause.code === 'EEXIST') throw cause;
      // A file system without hard links.
      await writeFile(lock, text, { flag: 'wx' });
    });
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw fromErrno(cause as NodeJS.ErrnoException, lock);
  } finally {
    await rm(own, { force: true });
  }
}

/** Moves the dead holder's lock away; if another process was faster and its lock was moved instead, puts that back. */
async function removeStale(lock: string, { found, token }: { found: string; token: string }): Promise<void> {
  const aside = `${lock}.${process.pid}-${token}-stale`;
  try {
    await rename(lock, aside);
    if ((await readFile(aside, 'utf8')) !== found) await link(aside, lock).catch(() => {});
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw fromErrno(cause as NodeJS.ErrnoException, lock);
  } finally {
    await rm(aside, { force: true });
  }
}

function heldLock(lock: string, text: string): WriteLock {
  const isMine = async () => (await readFile(lock, 'utf8').catch(() => undefined)) === text;
  return {
    async assertHeld() {
      if (await isMine()) return;
      throw new NearkinError(
        'LOCKED',
        `The lock ${lock} was removed or taken while this process was writing; open the index again.`,
        { details: { lock } },
      );
    },
    async release() {
      if (await isMine()) await rm(lock, { force: true });
    },
  };
}

function isAlive(holder: Holder): boolean {
  if (holder.host !== hostname()) return true;
  try {
    process.kill(holder.pid, 0);
  } catch (cause) {
    // Not allowed to signal it: it lives, and is somebody else's.
    return (cause as NodeJS.ErrnoException).code === 'EPERM';
  }
  const start = processStart(holder.pid);
  return start === '' || holder.start === '' || start === holder.start;
}

/** On Linux: this boot, and the tick at which the process started. A process that ended but was not collected has none. */
function processStart(pid: number): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may hold anything; its state and its start are fields 3 and 22.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? 'ended' : `${boot} ${fields[19]}`;
  } catch {
    return '';
  }
}

function parseHolder(text: string): Holder | undefined {
  try {
    const { pid, host, start, token } = JSON.parse(text);
    if (Number.isSafeInteger(pid) && pid > 0 && typeof host === 'string' && typeof start === 'string')
      return { pid, host, start, token: String(token) };
  } catch {}
  return undefined;
}

function locked(path: string, lock: string, holder: Holder | undefined): NearkinError {
  const who = holder ? `process ${holder.pid} on ${holder.host}` : 'somebody';
  return new NearkinError(
    'LOCKED',
    `Expected to be the only writer of ${path}, but ${who} holds it; wait until it is closed, or remove ${lock} if no such process lives.`,
    { details: { path, lock, ...(holder && { pid: holder.pid, host: holder.host }) } },
  );
}
