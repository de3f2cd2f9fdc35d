import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Bundle, BundleHost } from './bundle-host.js';
import { fromErrno } from './from-errno.node.js';
import { NearkinError } from './nearkin-error.js';
import { assertSafeName, missingFile } from './safe-name.js';

const temporaryPrefix = '.nearkin-';
/** A temporary file this old was left by a writer that died. */
const staleAfterMs = 3_600_000;

export const host: BundleHost = {
  async openFolder(path) {
    const folder = toPath(path);
    const info = await stat(folder).catch((cause: NodeJS.ErrnoException) => {
      throw fromErrno(cause, folder);
    });
    if (!info.isDirectory())
      throw new NearkinError('NOT_FOUND', `Expected a folder, got a file: ${folder}.`, { details: { path: folder } });
    return folderBundle(folder);
  },

  async openStorage() {
    throw new NearkinError('UNSUPPORTED', 'indexeddb:// is browser storage; in Node give a folder.');
  },

  async writeFolder(path, files, root) {
    const folder = toPath(path);
    try {
      await mkdir(folder, { recursive: true });
      const before = await referredFiles(folder, root);
      for (const [name, bytes] of files) if (name !== root) await replaceFile(join(folder, name), bytes);
      await replaceFile(join(folder, root), files.get(root)!);
      await sweep(
        folder,
        before.filter((name) => !files.has(name)),
      );
    } catch (error) {
      if (error instanceof NearkinError) throw error;
      throw fromErrno(error as NodeJS.ErrnoException, folder);
    }
  },

  async writeStorage() {
    throw new NearkinError('UNSUPPORTED', 'indexeddb:// is browser storage; in Node give a folder.');
  },
};

function folderBundle(folder: string): Bundle {
  return {
    location: folder,
    address(name) {
      assertSafeName(name, folder);
      return join(folder, name);
    },
    async read(name, options = {}) {
      assertSafeName(name, folder);
      try {
        const bytes = await readFile(join(folder, name), options.signal ? { signal: options.signal } : {});
        return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      } catch (cause) {
        if (options.signal?.aborted) throw new NearkinError('ABORTED', `Reading ${name} was cancelled.`, { cause });
        if ((cause as NodeJS.ErrnoException).code === 'ENOENT') throw missingFile(name, folder, cause);
        throw fromErrno(cause as NodeJS.ErrnoException, join(folder, name));
      }
    },
  };
}

/**
 * Writes beside, flushes, then renames: the name holds the old bytes or the new ones, also after a power cut.
 *
 * @param bytes the new content, or its pieces in order
 * @throws {NearkinError} `DISK_FULL` or `IO_ERROR`; the old file is then whole
 */
export async function replaceFile(path: string, bytes: Uint8Array | Iterable<Uint8Array>): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = join(dirname(path), `${temporaryPrefix}${process.pid}-${Math.random().toString(36).slice(2)}.tmp`);
  try {
    const file = await open(temporary, 'wx');
    try {
      // Each call continues where the last one ended.
      for (const piece of bytes instanceof Uint8Array ? [bytes] : bytes) await file.writeFile(piece);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw fromErrno(error as NodeJS.ErrnoException, path);
  }
  const folder = await open(dirname(path), 'r').catch(() => undefined);
  await folder?.sync().catch(() => {});
  await folder?.close();
}

/** What the root now in place says belongs to it: its `files` list, else the paths of its weights. */
async function referredFiles(folder: string, root: string): Promise<string[]> {
  try {
    const json = JSON.parse(await readFile(join(folder, root), 'utf8'));
    const files: unknown = json.userDefinedMetadata?.nearkin?.files ?? json.files;
    if (!Array.isArray(files)) return [];
    return files.filter((name): name is string => typeof name === 'string' && isSafe(name) && name !== root);
  } catch {
    return [];
  }
}

function isSafe(name: string): boolean {
  try {
    assertSafeName(name, '');
    return true;
  } catch {
    return false;
  }
}

async function sweep(folder: string, names: readonly string[]): Promise<void> {
  for (const name of names) await rm(join(folder, name), { force: true }).catch(() => {});
  for (const name of await readdir(folder)) {
    if (!name.startsWith(temporaryPrefix) || !name.endsWith('.tmp')) continue;
    const info = await stat(join(folder, name)).catch(() => undefined);
    if (info && Date.now() - info.mtimeMs > staleAfterMs) await rm(join(folder, name), { force: true }).catch(() => {});
  }
}

function toPath(text: string): string {
  return text.startsWith('file:') ? filePath(text) : resolve(text);
}

/** `file://models/pets` is not a valid URL for a relative path, but tfjs users write it. */
function filePath(text: string): string {
  const rest = text.slice('file://'.length);
  return text.startsWith('file:///')
    ? fileURLToPath(text)
    : resolve(text.startsWith('file://') ? rest : text.slice('file:'.length));
}
