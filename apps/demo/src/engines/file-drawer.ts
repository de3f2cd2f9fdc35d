import { NearkinError } from '@nearkin/core';

/** A file that only grows, as a journal does. */
export interface GrowingFile {
  /** All of it, as it is now. */
  read(): Uint8Array;
  /** Cuts it, as behind the last whole record. */
  truncate(bytes: number): void;
  /** What was appended when this returns is there after a crash; where there is no room, nothing of it is. */
  append(bytes: Uint8Array): void;
  close(): void;
}

/** A folder of files, for workers: browsers give synchronous files to workers only. */
export interface FileDrawer {
  /** False: it lives as long as this page. */
  readonly lasting: boolean;
  /** All of it, or where there is no room no such file. */
  write(path: string, bytes: Uint8Array): Promise<void>;
  read(path: string): Promise<Blob | undefined>;
  remove(path: string): Promise<void>;
  /** One at a time for each path. */
  grow(path: string): Promise<GrowingFile>;
  clear(): Promise<void>;
}

/** A folder of the origin private file system; where the browser has none, one in memory. */
export async function openFileDrawer(name: string): Promise<FileDrawer> {
  try {
    const root = await navigator.storage.getDirectory();
    await root.getDirectoryHandle(name, { create: true });
    // A browser may have the folder and not the synchronous files.
    if (!('createSyncAccessHandle' in FileSystemFileHandle.prototype)) return memoryDrawer();
    return privateDrawer(root, name);
  } catch {
    return memoryDrawer();
  }
}

function privateDrawer(root: FileSystemDirectoryHandle, name: string): FileDrawer {
  const folders = new Map<string, Promise<FileSystemDirectoryHandle>>();
  const folderOf = (folder: string) => {
    const known =
      folders.get(folder) ??
      (async () => {
        const drawer = await root.getDirectoryHandle(name, { create: true });
        return folder === '' ? drawer : drawer.getDirectoryHandle(folder, { create: true });
      })();
    folders.set(folder, known);
    // Where there was no room for it, there may be later.
    known.catch(() => folders.delete(folder));
    return known;
  };
  const fileOf = async (path: string, create: boolean) => {
    const [file = '', folder = ''] = path.split('/').reverse();
    return (await folderOf(folder)).getFileHandle(file, { create });
  };
  const remove = async (path: string) => {
    const [file = '', folder = ''] = path.split('/').reverse();
    // What is not there need not go.
    await folderOf(folder)
      .then((from) => from.removeEntry(file))
      .catch(() => {});
  };
  return {
    lasting: true,
    write: (path, bytes) =>
      inStorage(async () => {
        const handle = await (await fileOf(path, true)).createSyncAccessHandle();
        try {
          handle.truncate(0);
          writeAll(handle, bytes, 0);
        } catch (error) {
          handle.close();
          await remove(path);
          throw error;
        }
        handle.close();
      }),
    async read(path) {
      try {
        return await (await fileOf(path, false)).getFile();
      } catch {
        return undefined;
      }
    },
    remove,
    grow: (path) =>
      inStorage(async () => {
        const handle = await (await fileOf(path, true)).createSyncAccessHandle();
        let end = handle.getSize();
        return {
          read() {
            const bytes = new Uint8Array(end);
            handle.read(bytes, { at: 0 });
            return bytes;
          },
          truncate(bytes) {
            handle.truncate(bytes);
            end = bytes;
          },
          append(bytes) {
            try {
              writeAll(handle, bytes, end);
              handle.flush();
              end += bytes.length;
            } catch (error) {
              // Half a record would put all that follow it out of place.
              try {
                handle.truncate(end);
              } catch {
                // A full disk may refuse that too; the next record is written over it.
              }
              throw storageError(error);
            }
          },
          close: () => handle.close(),
        };
      }),
    async clear() {
      folders.clear();
      await root.removeEntry(name, { recursive: true }).catch(() => {});
    },
  };
}

function writeAll(handle: FileSystemSyncAccessHandle, bytes: Uint8Array, at: number): void {
  const written = handle.write(bytes as Uint8Array<ArrayBuffer>, { at });
  // Near the end of the room Chromium may count more than it kept.
  if (written < bytes.length || handle.getSize() < at + bytes.length)
    throw new DOMException('The file could not be written whole.', 'QuotaExceededError');
}

async function inStorage<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw storageError(error);
  }
}

function storageError(cause: unknown): NearkinError {
  if (cause instanceof NearkinError) return cause;
  const { name, message } = cause as DOMException;
  if (name === 'QuotaExceededError')
    return new NearkinError('DISK_FULL', 'The browser gives this page no more storage.', { cause });
  return new NearkinError('IO_ERROR', `Browser storage failed: ${message}`, { cause });
}

/** A folder that lives as long as the worker. */
export function memoryDrawer(): FileDrawer {
  const files = new Map<string, Uint8Array>();
  return {
    lasting: false,
    write: async (path, bytes) => void files.set(path, bytes),
    read: async (path) => {
      const bytes = files.get(path);
      return bytes && new Blob([bytes as Uint8Array<ArrayBuffer>]);
    },
    remove: async (path) => void files.delete(path),
    grow: async (path) => ({
      read: () => files.get(path) ?? new Uint8Array(),
      truncate: (bytes) => void files.set(path, (files.get(path) ?? new Uint8Array()).slice(0, bytes)),
      append(bytes) {
        const before = files.get(path) ?? new Uint8Array();
        const after = new Uint8Array(before.length + bytes.length);
        after.set(before);
        after.set(bytes, before.length);
        files.set(path, after);
      },
      close() {},
    }),
    clear: async () => files.clear(),
  };
}
