import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import { type GalleryItem, NearkinError, throwIfAborted } from '@nearkin/core';
import type { ImageInput } from '../pictures/image-input.js';
import { type ReadImageNodeOptions, readImage } from '../pictures/read-image.node.js';

/** Files with other endings are passed over. */
const endings = new Set(['.jpg', '.jpeg', '.jfif', '.png', '.webp', '.gif', '.avif', '.tif', '.tiff', '.svg']);

export interface ReadAlbumsOptions extends ReadImageNodeOptions {
  /** False gives paths instead of functions that decode them: for embedders that read files themselves. Default true. */
  readonly decode?: boolean | undefined;
}

/**
 * Lists labelled pictures: each folder in `dir` is an album, its name the label; pictures may lie deeper in it.
 *
 * Items come sorted by path. `id` is the path inside `dir` with `/`; `input` decodes when called. Hidden files, files
 * that are no pictures by their ending, pictures beside the albums, links to folders, and links that lead out of `dir`
 * are passed over.
 *
 * @throws {NearkinError} `NOT_FOUND`, `EMPTY_ALBUM` when there is no album, or one without pictures; `ABORTED`
 * @example
 * const gallery = await embedGallery(embedder, readAlbums('albums'));
 */
export async function* readAlbums(
  dir: string | URL,
  options: ReadAlbumsOptions = {},
): AsyncGenerator<GalleryItem<ImageInput>, void> {
  const root = await openRoot(dir);
  const albums: { label: string; files: string[] }[] = [];
  let beside = 0;
  for (const entry of await listFolder(root)) {
    throwIfAborted(options.signal);
    if (entry.isDirectory()) albums.push({ label: entry.name, files: await listPictures(root, entry.name, options) });
    else if (isPictureName(entry.name)) beside++;
  }
  if (albums.length === 0)
    throw new NearkinError(
      'EMPTY_ALBUM',
      `Expected a folder for each class in ${root}, found none${beside > 0 ? ` (but ${beside} pictures beside)` : ''}.`,
      { details: { path: root, pictures: beside } },
    );
  const empty = albums.filter(({ files }) => files.length === 0).map(({ label }) => label);
  if (empty.length > 0)
    throw new NearkinError(
      'EMPTY_ALBUM',
      `No pictures are in the ${empty.length === 1 ? 'album' : 'albums'} ${empty.slice(0, 5).join(', ')} of ${root}; add some or remove the folder.`,
      { details: { path: root, albums: empty } },
    );
  for (const { label, files } of albums) for (const file of files) yield { ...toItem(root, file, options), label };
}

/**
 * Lists all pictures in a folder and below, without labels; otherwise like {@link readAlbums}.
 *
 * @throws {NearkinError} `NOT_FOUND`, `EMPTY_ALBUM` when there are none; `ABORTED`
 */
export async function* readImages(
  dir: string | URL,
  options: ReadAlbumsOptions = {},
): AsyncGenerator<GalleryItem<ImageInput>, void> {
  const root = await openRoot(dir);
  const files = await listPictures(root, '', options);
  if (files.length === 0)
    throw new NearkinError('EMPTY_ALBUM', `Expected pictures in ${root}, found none.`, { details: { path: root } });
  for (const file of files) yield toItem(root, file, options);
}

function toItem(root: string, file: string, options: ReadAlbumsOptions): GalleryItem<ImageInput> {
  const path = join(root, ...file.split('/'));
  return { id: file, input: options.decode === false ? path : () => readImage(path, options) };
}

async function openRoot(dir: string | URL): Promise<string> {
  const path = dir instanceof URL || dir.startsWith('file:') ? (await import('node:url')).fileURLToPath(dir) : dir;
  try {
    const root = await realpath(path);
    if (!(await stat(root)).isDirectory())
      throw new NearkinError('NOT_FOUND', `Expected a folder, got a file: ${path}.`, { details: { path } });
    return root;
  } catch (cause) {
    if (cause instanceof NearkinError) throw cause;
    throw new NearkinError('NOT_FOUND', `There is no folder ${path}; check the path.`, { cause, details: { path } });
  }
}

async function listPictures(root: string, folder: string, options: ReadAlbumsOptions): Promise<string[]> {
  const files: string[] = [];
  for (const entry of await listFolder(join(root, ...folder.split('/')))) {
    throwIfAborted(options.signal);
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) files.push(...(await listPictures(root, path, options)));
    else if (isPictureName(entry.name) && (await isFileInside(root, path, entry))) files.push(path);
  }
  return files;
}

/** Sorted by code units, so that the order is the same on every system and in every language. */
async function listFolder(path: string): Promise<Dirent[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch((cause: NodeJS.ErrnoException) => {
    throw new NearkinError('IO_ERROR', `Could not list ${path}: ${cause.message}`, { cause, details: { path } });
  });
  return entries.filter(({ name }) => !name.startsWith('.')).sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function isFileInside(root: string, file: string, entry: Dirent): Promise<boolean> {
  if (entry.isFile()) return true;
  if (!entry.isSymbolicLink()) return false;
  try {
    const target = await realpath(join(root, ...file.split('/')));
    return target.startsWith(root.endsWith(sep) ? root : root + sep) && (await stat(target)).isFile();
  } catch {
    return false;
  }
}

function isPictureName(name: string): boolean {
  return endings.has(extname(name).toLowerCase());
}
