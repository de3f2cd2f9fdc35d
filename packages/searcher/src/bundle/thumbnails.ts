import { type Bundle, NearkinError } from '@nearkin/core';
import type { SearchIndex } from '../state/search-index.js';
import { checkedName, readChecked } from './checked-name.js';
import { rowIds } from './row-ids.js';

/** Small pictures of rows, by id. */
export interface Thumbnails {
  read(id: string): Promise<Uint8Array | undefined>;
  check(index: SearchIndex): Promise<{ present: number; missing: string[] }>;
}

/** Files are about so large: a page of answers should not fetch the whole collection. */
const shardBytes = 256 * 1024;

/** Where each thumbnail lies: number of its file, first byte, end. */
interface ThumbnailTable {
  readonly files: readonly string[];
  readonly places: Readonly<Record<string, readonly [number, number, number]>>;
}

export const noThumbnails: Thumbnails = thumbnailsOf(async () => undefined);

/** Thumbnails in memory. */
export function thumbnailsInMemory(pictures: ReadonlyMap<string, Uint8Array>): Thumbnails {
  return thumbnailsOf(async (id) => pictures.get(id));
}

/**
 * Thumbnails of a bundle; their files are read when they are needed. Missing and damaged files are as if the pictures in
 * them were not there.
 *
 * @throws {NearkinError} `BAD_FORMAT` for a table that is not valid
 */
export function openThumbnails(bundle: Bundle, table: string): Thumbnails {
  let loading: Promise<ThumbnailTable | undefined> | undefined;
  const shards = new Map<number, Promise<Uint8Array | undefined>>();
  const optional = (name: string) => readChecked(bundle, name).catch(tolerate);
  return thumbnailsOf(async (id) => {
    loading ??= optional(table).then((bytes) => bytes && parseTable(bytes, bundle.location));
    const found = await loading;
    const place = found && Object.hasOwn(found.places, id) ? found.places[id] : undefined;
    if (!found || !place) return undefined;
    const [number, start, end] = place;
    const name = found.files[number];
    if (name === undefined) return undefined;
    if (!shards.has(number)) shards.set(number, optional(name));
    const bytes = await shards.get(number);
    return bytes && end <= bytes.length && start < end ? bytes.subarray(start, end) : undefined;
  });
}

/**
 * How many rows a table has thumbnails of.
 *
 * @throws {NearkinError} `BAD_FORMAT`, `NOT_FOUND`
 */
export async function countThumbnails(bundle: Bundle, table: string): Promise<number> {
  return Object.keys(parseTable(await readChecked(bundle, table), bundle.location).places).length;
}

/** The files of thumbnails, and the name of their table; none for no thumbnails. */
export async function thumbnailFiles(
  thumbnails: Thumbnails,
  ids: readonly string[],
): Promise<{ files: Map<string, Uint8Array>; table: string | undefined }> {
  const files = new Map<string, Uint8Array>();
  const names: string[] = [];
  const places: [string, [number, number, number]][] = [];
  let pending: Uint8Array[] = [];
  let size = 0;
  const flush = () => {
    if (size === 0) return;
    const bytes = joined(pending, size);
    names.push(checkedName('thumbnails.bin', bytes));
    files.set(names.at(-1)!, bytes);
    [pending, size] = [[], 0];
  };
  for (const id of ids) {
    const bytes = await thumbnails.read(id);
    if (!bytes || bytes.length === 0) continue;
    places.push([id, [names.length, size, size + bytes.length]]);
    pending.push(bytes);
    size += bytes.length;
    if (size >= shardBytes) flush();
  }
  flush();
  if (names.length === 0) return { files, table: undefined };
  const json = new TextEncoder().encode(JSON.stringify({ files: names, places: Object.fromEntries(places) }));
  const table = checkedName('thumbnails.json', json);
  files.set(table, json);
  return { files, table };
}

function thumbnailsOf(read: Thumbnails['read']): Thumbnails {
  return {
    read,
    async check(index) {
      const missing: string[] = [];
      const ids = rowIds(index);
      for (const id of ids) if (!(await read(id))) missing.push(id);
      return { present: ids.length - missing.length, missing };
    },
  };
}

function tolerate(error: unknown): undefined {
  if (error instanceof NearkinError && (error.code === 'NOT_FOUND' || error.code === 'BAD_FORMAT')) return undefined;
  throw error;
}

function parseTable(bytes: Uint8Array, location: string): ThumbnailTable {
  const { files, places } = JSON.parse(new TextDecoder().decode(bytes)) as Partial<ThumbnailTable>;
  const fine =
    Array.isArray(files) &&
    files.every((name) => typeof name === 'string') &&
    typeof places === 'object' &&
    places !== null &&
    Object.values(places).every(
      (place) => Array.isArray(place) && place.every((n) => Number.isSafeInteger(n) && n >= 0),
    );
  if (fine) return { files, places };
  throw new NearkinError('BAD_FORMAT', `The table of thumbnails in ${location} is not valid.`);
}

function joined(parts: readonly Uint8Array[], size: number): Uint8Array {
  const out = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
