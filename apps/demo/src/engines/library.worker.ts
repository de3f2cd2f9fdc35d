import { type JobOptions, NearkinError } from '@nearkin/core';
import { type BaseModel, type OpenBaseModel, openBaseModel } from './base-model.js';
import { guardRequests } from './guard-requests.js';
import { type LibraryStore, openLibraryStore, type PictureSize, type StoredPicture } from './library-store.js';
import { preparePicture } from './prepare-picture.js';
import { handOver, serve } from './rpc.js';
import { startBackend } from './start-backend.js';

const allow = guardRequests();

let store: Promise<LibraryStore> | undefined;
let base: { readonly model: OpenBaseModel } | undefined;

/** Two pages must not write the same files: the second one waits until the first is closed. */
function opened(): Promise<LibraryStore> {
  store ??= new Promise((resolve, reject) => {
    const lock = navigator.locks?.request('nearkin-library', { ifAvailable: true }, (held) => {
      if (!held) {
        store = undefined;
        reject(new NearkinError('LOCKED', 'The library is open in another tab; close that one and reload this page.'));
        return undefined;
      }
      openLibraryStore().then(resolve, reject);
      // Held for as long as this worker lives.
      return new Promise(() => {});
    });
    if (!lock) openLibraryStore().then(resolve, reject);
  });
  return store;
}

/** What a call of `look` did. */
export interface Looked {
  /** Pictures that became vectors, and what can be read back of them. */
  readonly pictures: readonly StoredPicture[];
  /** Row-major, one row for each of `pictures`. */
  readonly data: Float32Array;
  /** Files that are no pictures; they left the library. */
  readonly broken: readonly StoredPicture[];
  /** Pictures without a vector of this model. */
  readonly waiting: number;
  /** There was no room for what was found: it is known until the page is closed. */
  readonly full: boolean;
}

/** How long one call of `look` may take, so that others are answered in between. */
const lookMs = 120;

const api = {
  async open() {
    const library = await opened();
    return { lasting: library.lasting, pictures: library.pictures() };
  },

  /** Copies files into the library, as they are, until there is no room; those that are there already are passed over. */
  async take({ files }: { files: readonly { readonly name: string; readonly file: Blob }[] }) {
    const library = await opened();
    const known = new Set(library.pictures().map(({ name, bytes }) => `${bytes} ${name}`));
    const added: StoredPicture[] = [];
    let passed = 0;
    for (const { name, file } of files) {
      if (known.has(`${file.size} ${name}`)) passed++;
      else if (await isFull(library.add(file, { name }).then((picture) => void added.push(picture))))
        return { added, known: passed, full: true };
    }
    return { added, known: passed, full: false };
  },

  /** The vectors that are there already. */
  async vectors({ modelId, dim }: { modelId: string; dim: number }) {
    const library = await opened();
    const vectors = await library.vectors(modelId, dim);
    const rows = library.pictures().flatMap(({ number }) => {
      const row = vectors.get(number);
      return row ? [{ number, row }] : [];
    });
    const data = new Float32Array(rows.length * dim);
    rows.forEach(({ row }, i) => {
      data.set(row, i * dim);
    });
    const waiting = library.pictures().length - rows.length;
    return handOver({ numbers: rows.map(({ number }) => number), data, waiting }, [data.buffer]);
  },

  /** Opens the base model that looks; the one before it is closed. */
  async use({ model, modelId }: { model: BaseModel; modelId: string }, { signal }: JobOptions) {
    if (base?.model.id === modelId) return;
    base?.model.dispose();
    base = undefined;
    allow(model);
    await startBackend();
    const next = await openBaseModel(model, signal);
    // A model behind an address may have changed since it was opened elsewhere.
    if (next.id !== modelId) {
      next.dispose();
      throw new NearkinError('MODEL_MISMATCH', 'The base model has changed at its address; choose it again.');
    }
    base = { model: next };
  },

  /** Looks at some of the pictures that have no vector of this model yet. To be called until nothing waits. */
  async look({ modelId }: { modelId: string }, { signal }: JobOptions): Promise<Looked> {
    const library = await opened();
    if (base?.model.id !== modelId) throw new NearkinError('DISPOSED', 'Another base model has taken over.');
    const { image, dim } = base.model;
    const vectors = await library.vectors(modelId, dim);
    const waiting = library.pictures().filter(({ number }) => !vectors.has(number));
    const rows: [number, Float32Array][] = [];
    const broken: StoredPicture[] = [];
    const started = performance.now();
    for (const picture of waiting) {
      if (signal?.aborted || performance.now() - started > lookMs) break;
      try {
        const { data } = await image.embed([await prepared(library, picture)], { signal });
        rows.push([picture.number, data.slice()]);
      } catch (error) {
        const { code } = error as { code?: string };
        if (code === 'ABORTED') break;
        if (code === 'DISPOSED' || code === 'IO_ERROR') throw error;
        await library.remove(picture.number);
        broken.push(picture);
      }
    }
    const full = await isFull(library.addVectors(modelId, rows));
    const data = new Float32Array(rows.length * dim);
    rows.forEach(([, row], i) => {
      data.set(row, i * dim);
    });
    const now = new Map(library.pictures().map((picture) => [picture.number, picture]));
    return handOver(
      {
        // Each can be shown now, if need be as it came.
        pictures: rows.map(([number]) => ({ ...now.get(number)!, ready: true })),
        data,
        broken,
        waiting: waiting.length - rows.length - broken.length,
        full: full || rows.some(([number]) => !now.get(number)!.ready),
      },
      [data.buffer],
    );
  },

  /** The bytes of pictures, where they are there. */
  async read({ numbers, size }: { numbers: readonly number[]; size: PictureSize }) {
    const library = await opened();
    return Promise.all(numbers.map((number) => library.read(number, size)));
  },

  async clear() {
    await (await opened()).clear();
  },
};

/** Whether there was no room; any other failure is one. */
async function isFull(writing: Promise<void>): Promise<boolean> {
  try {
    await writing;
    return false;
  } catch (error) {
    if ((error as { code?: string }).code === 'DISK_FULL') return true;
    throw error;
  }
}

async function prepared(library: LibraryStore, { number, name, ready }: StoredPicture): Promise<Blob> {
  const file = await library.read(number, 'picture');
  if (!file) throw new NearkinError('BAD_PICTURE', `${name} is not there any more.`);
  if (ready) return file;
  const { picture, thumb, scaled } = await preparePicture(file);
  await isFull(library.setReady(number, { thumb, picture: scaled ? picture : undefined }));
  return picture;
}

export type LibraryApi = typeof api;

serve(api);
