import { type FileDrawer, type GrowingFile, memoryDrawer, openFileDrawer } from './file-drawer.js';

/** A picture of the library. Numbers are given once and never again. */
export interface StoredPicture {
  readonly number: number;
  readonly name: string;
  /** Bytes of the file as it came, to know it again. */
  readonly bytes: number;
  readonly type: string;
  /** It was decoded: there is a small one of it, and it is kept at the size that is looked at. */
  readonly ready: boolean;
}

/** A picture's two sizes. */
export type PictureSize = 'picture' | 'thumb';

/**
 * A library of pictures and their vectors, in files that a page owns alone. Every step is safe against a page that is
 * closed in the middle of it: bytes are written first, then the line of the journal that names them.
 *
 * `list.jsonl`: what came, became ready and went. `pictures/N`, `scaled/N`, `thumbs/N`. `vectors/MODEL`: records of
 * a number and `dim` floats.
 */
export interface LibraryStore {
  readonly lasting: boolean;
  /** In the order in which they came. */
  pictures(): readonly StoredPicture[];
  add(file: Blob, options: { readonly name: string }): Promise<StoredPicture>;
  /**
   * Keeps the small picture, and the one to look at where it is not the file as it came. Where there is no room the
   * picture stays as it is.
   */
  setReady(number: number, sizes: { readonly thumb: Blob; readonly picture?: Blob | undefined }): Promise<void>;
  remove(number: number): Promise<void>;
  read(number: number, size: PictureSize): Promise<Blob | undefined>;
  /** The vectors that a model gave, by number. */
  vectors(model: string, dim: number): Promise<ReadonlyMap<number, Float32Array>>;
  /** They are known from now on; where there is no room for them, until the page is closed. */
  addVectors(model: string, rows: readonly (readonly [number, Float32Array])[]): Promise<void>;
  clear(): Promise<void>;
}

type Line =
  | { readonly add: number; readonly name: string; readonly bytes: number; readonly type: string }
  | { readonly ready: number; readonly scaled: boolean }
  | { readonly gone: number };

/** @param given where it lies; default: the page's private files */
export async function openLibraryStore(given?: FileDrawer): Promise<LibraryStore> {
  const drawer = given ?? (await openFileDrawer('nearkin-library'));
  let journal = await drawer.grow('list.jsonl');
  const pictures = new Map<number, StoredPicture & { readonly scaled?: boolean }>();
  let next = 0;

  const take = (line: Line) => {
    if ('add' in line) {
      const { add: number, name: called, bytes, type } = line;
      pictures.set(number, { number, name: called, bytes, type, ready: false });
      next = Math.max(next, number + 1);
    } else if ('ready' in line) {
      const picture = pictures.get(line.ready);
      if (picture) pictures.set(line.ready, { ...picture, ready: true, scaled: line.scaled });
    } else pictures.delete(line.gone);
  };
  for (const line of wholeLines(journal)) take(line);
  const write = (line: Line) => {
    journal.append(new TextEncoder().encode(`${JSON.stringify(line)}\n`));
    take(line);
  };
  const growing = new Map<string, Promise<GrowingFile>>();
  /** The rows of the model that was asked for last. */
  let rowsOfModel: { readonly model: string; readonly rows: Map<number, Float32Array> } | undefined;
  const vectorFile = (model: string) => {
    const known =
      growing.get(model) ??
      drawer.grow(`vectors/${encodeURIComponent(model)}`).catch((error: { code?: string }) => {
        // Not even room for an empty file.
        if (error.code === 'DISK_FULL') return memoryDrawer().grow('');
        throw error;
      });
    growing.set(model, known);
    return known;
  };

  return {
    lasting: drawer.lasting,
    pictures: () => [...pictures.values()],
    async add(file, { name: called }) {
      const number = next++;
      await drawer.write(`pictures/${number}`, new Uint8Array(await file.arrayBuffer()));
      try {
        write({ add: number, name: called, bytes: file.size, type: file.type });
      } catch (error) {
        await drawer.remove(`pictures/${number}`);
        throw error;
      }
      return pictures.get(number)!;
    },
    async setReady(number, { thumb, picture }) {
      try {
        await put(drawer, `thumbs/${number}`, thumb);
        if (picture) await put(drawer, `scaled/${number}`, picture);
        write({ ready: number, scaled: picture !== undefined });
      } catch (error) {
        await Promise.all(['scaled', 'thumbs'].map((folder) => drawer.remove(`${folder}/${number}`)));
        throw error;
      }
      if (picture) await drawer.remove(`pictures/${number}`);
    },
    async remove(number) {
      write({ gone: number });
      await Promise.all(['pictures', 'scaled', 'thumbs'].map((folder) => drawer.remove(`${folder}/${number}`)));
    },
    async read(number, size) {
      const picture = pictures.get(number);
      if (!picture) return undefined;
      const small = picture.ready && size === 'thumb';
      const blob = await drawer.read(`${small ? 'thumbs' : picture.scaled ? 'scaled' : 'pictures'}/${number}`);
      const type = small ? 'image/webp' : picture.scaled ? 'image/jpeg' : picture.type;
      return blob?.slice(0, blob.size, type);
    },
    async vectors(model, dim) {
      if (rowsOfModel?.model === model) return rowsOfModel.rows;
      const file = await vectorFile(model);
      const bytes = file.read();
      const length = 4 + 4 * dim;
      const whole = Math.floor(bytes.length / length);
      if (whole * length < bytes.length) file.truncate(whole * length);
      const found = new Map<number, Float32Array>();
      const view = new DataView(bytes.buffer, bytes.byteOffset);
      for (let at = 0; at < whole * length; at += length)
        found.set(view.getUint32(at, true), new Float32Array(bytes.slice(at + 4, at + length).buffer));
      rowsOfModel = { model, rows: found };
      return found;
    },
    async addVectors(model, rows) {
      const [first] = rows;
      if (!first) return;
      const length = 4 + first[1].byteLength;
      const bytes = new Uint8Array(length * rows.length);
      const view = new DataView(bytes.buffer);
      rows.forEach(([number, row], i) => {
        view.setUint32(i * length, number, true);
        bytes.set(new Uint8Array(row.buffer, row.byteOffset, row.byteLength), i * length + 4);
      });
      if (rowsOfModel?.model === model) for (const [number, row] of rows) rowsOfModel.rows.set(number, row);
      (await vectorFile(model)).append(bytes);
    },
    async clear() {
      journal.close();
      for (const file of growing.values()) (await file).close();
      growing.clear();
      rowsOfModel = undefined;
      pictures.clear();
      await drawer.clear();
      journal = await drawer.grow('list.jsonl');
    },
  };
}

async function put(drawer: FileDrawer, path: string, blob: Blob): Promise<void> {
  await drawer.write(path, new Uint8Array(await blob.arrayBuffer()));
}

/** The journal's lines; a last one that was cut off by a crash is taken away. */
function wholeLines(journal: GrowingFile): Line[] {
  const bytes = journal.read();
  const end = bytes.lastIndexOf(10) + 1;
  if (end < bytes.length) journal.truncate(end);
  return new TextDecoder()
    .decode(bytes.subarray(0, end))
    .split('\n')
    .flatMap((text) => {
      try {
        return text === '' ? [] : [JSON.parse(text) as Line];
      } catch {
        return [];
      }
    });
}
