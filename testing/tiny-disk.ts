import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A disk of its own, to be filled up; `await using` unmounts it. */
export interface TinyDisk extends AsyncDisposable {
  readonly path: string;
  /** Takes so many bytes of it, by default all that are left. */
  fill(bytes?: number): Promise<void>;
  /** Gives the room back. */
  empty(): Promise<void>;
}

/**
 * Mounts a file system in memory, for tests of what happens when a disk is full.
 *
 * @param size as `mount` takes it: `64k`, `8m`
 * @returns undefined where that is not possible: elsewhere than on Linux, and without the right to mount
 */
export function mountTinyDisk(size: string): TinyDisk | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return undefined;
  const path = mkdtempSync(join(tmpdir(), 'nearkin-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', path], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  const ballast = join(path, 'ballast');
  const room = async () => {
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize;
  };
  return {
    path,
    fill: async (bytes) => writeFile(ballast, new Uint8Array(bytes ?? (await room()))),
    empty: () => rm(ballast),
    async [Symbol.asyncDispose]() {
      execFileSync('umount', [path]);
      await rm(path, { recursive: true, force: true });
    },
  };
}

/** Why such a test is skipped. */
export const cannotMount = 'this machine does not let a test mount a tiny disk';
