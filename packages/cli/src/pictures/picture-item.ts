import { join } from 'node:path';
import type { GalleryItem } from '@nearkin/core';
import type { ImageInput } from '@nearkin/embedders';
import { readAlbums, readImages } from '@nearkin/embedders/node';
import { readAll } from './read-all.js';

/** A picture to embed, and the file it lies in. */
export interface PictureItem extends GalleryItem<ImageInput> {
  readonly path: string;
}

/**
 * The pictures of albums.
 *
 * @throws {NearkinError} `NOT_FOUND`, `EMPTY_ALBUM`, `ABORTED`
 */
export async function listAlbums(albums: string, options: { readonly signal: AbortSignal }): Promise<PictureItem[]> {
  const items = await readAll(readAlbums(albums, options));
  return items.map((item) => ({ ...item, path: join(albums, item.id) }));
}

/**
 * The pictures of a folder and of those in it, without labels.
 *
 * @throws {NearkinError} `NOT_FOUND`, `EMPTY_ALBUM`, `ABORTED`
 */
export async function listFolder(folder: string, options: { readonly signal: AbortSignal }): Promise<PictureItem[]> {
  const items = await readAll(readImages(folder, options));
  return items.map((item) => ({ ...item, path: join(folder, item.id) }));
}
