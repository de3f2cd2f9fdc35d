import { NearkinError } from '@nearkin/core';

/** A picture of the gallery; `label` is its album, '' when it is only there to be found. */
export interface Entry {
  readonly id: string;
  readonly label: string;
  readonly name: string;
  /** Orders the entries; later ones are greater. */
  readonly at: number;
  /** Absent in models that came without pictures. */
  readonly picture?: Blob | undefined;
  /** Absent until the picture was looked at for the first time. */
  readonly thumb?: Blob | undefined;
}

/** A saved model: a zip that this page, the command line and the library open. */
export interface SavedModel {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly author: string;
  readonly version: string;
  readonly license: string;
  readonly labels: readonly string[];
  readonly pictures: number;
  readonly savedAt: number;
  readonly zip: Blob;
}

/** The gallery on this device. Writing is in the order of the calls. */
export interface GalleryStore {
  /** False when the browser gives this page no storage: everything then lives as long as the page. */
  readonly lasting: boolean;
  entries(): Promise<Entry[]>;
  /** All or nothing. @throws {NearkinError} `DISK_FULL`, `IO_ERROR` */
  writeEntries(change: { readonly put: readonly Entry[]; readonly remove: readonly string[] }): Promise<void>;
  vectors(modelId: string): Promise<Map<string, Float32Array>>;
  writeVectors(modelId: string, rows: readonly (readonly [string, Float32Array])[]): Promise<void>;
  models(): Promise<SavedModel[]>;
  writeModel(model: SavedModel): Promise<void>;
  removeModel(id: string): Promise<void>;
  setting<T>(name: string): Promise<T | undefined>;
  writeSetting(name: string, value: unknown): Promise<void>;
}

const stores = ['entries', 'vectors', 'models', 'settings'] as const;

export async function openGalleryStore(name = 'nearkin-demo'): Promise<GalleryStore> {
  let database: IDBDatabase;
  try {
    database = await openDatabase(name);
  } catch {
    return memoryStore();
  }
  const run = <T>(store: (typeof stores)[number], work: (store: IDBObjectStore) => IDBRequest<T> | undefined) =>
    new Promise<T>((resolve, reject) => {
      const transaction = database.transaction(store, 'readwrite');
      let request: IDBRequest<T> | undefined;
      transaction.oncomplete = () => resolve(request?.result as T);
      transaction.onabort = () => reject(storageError(transaction.error));
      try {
        request = work(transaction.objectStore(store));
      } catch (error) {
        transaction.onabort = null;
        transaction.abort();
        reject(storageError(error as DOMException));
      }
    });
  return {
    lasting: true,
    entries: async () => (await run<Entry[]>('entries', (store) => store.getAll())).sort((a, b) => a.at - b.at),
    writeEntries: ({ put, remove }) =>
      run('entries', (store) => {
        for (const id of remove) store.delete(id);
        for (const entry of put) store.put(entry, entry.id);
        return undefined;
      }),
    async vectors(modelId) {
      const range = IDBKeyRange.bound([modelId], [modelId, []]);
      const [keys, rows] = await Promise.all([
        run<IDBValidKey[]>('vectors', (store) => store.getAllKeys(range)),
        run<Float32Array[]>('vectors', (store) => store.getAll(range)),
      ]);
      return new Map(keys.map((key, i) => [(key as [string, string])[1], rows[i]!]));
    },
    writeVectors: (modelId, rows) =>
      run('vectors', (store) => {
        for (const [id, row] of rows) store.put(row, [modelId, id]);
        return undefined;
      }),
    models: async () =>
      (await run<SavedModel[]>('models', (store) => store.getAll())).sort((a, b) => b.savedAt - a.savedAt),
    writeModel: async (model) => {
      await run('models', (store) => store.put(model, model.id));
    },
    removeModel: async (id) => {
      await run('models', (store) => store.delete(id));
    },
    setting: <T>(key: string) => run<T | undefined>('settings', (store) => store.get(key)),
    writeSetting: async (key, value) => {
      await run('settings', (store) => store.put(value, key));
    },
  };
}

function openDatabase(name: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => {
      for (const store of stores) request.result.createObjectStore(store);
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new NearkinError('LOCKED', 'Another tab holds the gallery.'));
  });
}

function storageError(cause: DOMException | null): NearkinError {
  return cause?.name === 'QuotaExceededError'
    ? new NearkinError('DISK_FULL', 'The browser gives this page no more storage.', { cause })
    : new NearkinError('IO_ERROR', `Browser storage failed: ${cause?.message ?? 'unknown reason'}`, { cause });
}

function memoryStore(): GalleryStore {
  const models = new Map<string, SavedModel>();
  const settings = new Map<string, unknown>();
  return {
    lasting: false,
    entries: async () => [],
    writeEntries: async () => {},
    vectors: async () => new Map(),
    writeVectors: async () => {},
    models: async () => [...models.values()],
    writeModel: async (model) => void models.set(model.id, model),
    removeModel: async (id) => void models.delete(id),
    setting: async <T>(name: string) => settings.get(name) as T | undefined,
    writeSetting: async (name, value) => void settings.set(name, value),
  };
}
