import type { BundleHost } from './bundle-host.js';
import { NearkinError } from './nearkin-error.js';
import { assertSafeName, missingFile } from './safe-name.js';

const databaseName = 'nearkin';
const storeName = 'files';

/** Browser storage: one IndexedDB store, keys `[bundle, file]`; a bundle is replaced in one transaction. */
export const host: BundleHost = {
  async openFolder(path) {
    throw new NearkinError(
      'UNSUPPORTED',
      `A browser cannot open the folder ${path}; give a URL, files or indexeddb://name.`,
      { details: { path } },
    );
  },

  async openStorage(name) {
    const location = `indexeddb://${name}`;
    const keys = await inStore('readonly', (store) => store.getAllKeys(bundleRange(name)));
    if (keys.length === 0)
      throw new NearkinError('NOT_FOUND', `Nothing is stored at ${location}.`, { details: { location } });
    return {
      location,
      async read(file) {
        assertSafeName(file, location);
        const bytes: unknown = await inStore('readonly', (store) => store.get([name, file]));
        if (!(bytes instanceof Uint8Array)) throw missingFile(file, location);
        return bytes;
      },
    };
  },

  async writeFolder(path) {
    throw new NearkinError(
      'UNSUPPORTED',
      `A browser cannot write to ${path}; give indexeddb://name, or download the files.`,
      { details: { path } },
    );
  },

  async writeStorage(name, files) {
    await inStore('readwrite', (store) => {
      store.delete(bundleRange(name));
      let last: IDBRequest = store.count();
      for (const [file, bytes] of files) last = store.put(bytes, [name, file]);
      return last;
    });
  },
};

function bundleRange(name: string): IDBKeyRange {
  return IDBKeyRange.bound([name], [name, []]);
}

async function inStore<T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const database = await openDatabase();
  try {
    return await new Promise<T>((resolve, reject) => {
      const transaction = database.transaction(storeName, mode);
      const request = work(transaction.objectStore(storeName));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = () => reject(storageError(transaction.error));
      transaction.onabort = () => reject(storageError(transaction.error));
    });
  } finally {
    database.close();
  }
}

function openDatabase(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    if (typeof indexedDB === 'undefined') {
      reject(new NearkinError('UNSUPPORTED', 'This browser gives no storage to this page (private mode?).'));
      return;
    }
    const request = indexedDB.open(databaseName, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(storeName);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(storageError(request.error));
  });
}

function storageError(cause: DOMException | null): NearkinError {
  if (cause?.name === 'QuotaExceededError')
    return new NearkinError(
      'DISK_FULL',
      'The browser gives this page no more storage; what was there before is untouched.',
      { cause },
    );
  return new NearkinError('IO_ERROR', `Browser storage failed: ${cause?.message ?? 'unknown reason'}`, { cause });
}
