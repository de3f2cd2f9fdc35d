import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readImage, readImages } from '@nearkin/embedders/node';
import type { PictureItem } from './picture-item.js';

/**
 * The pictures that arguments name: a file is itself (also one that is missing: it is reported when its turn comes), a
 * folder is its pictures. Named twice counts once.
 *
 * @returns items whose ids are paths that open the picture
 * @throws {NearkinError} `EMPTY_ALBUM` for a folder without pictures, `ABORTED`
 */
export async function listPictures(
  paths: readonly string[],
  options: { readonly signal: AbortSignal },
): Promise<PictureItem[]> {
  const items = new Map<string, PictureItem>();
  for (const path of paths) {
    const info = await stat(path).catch(() => undefined);
    if (!info?.isDirectory()) items.set(path, { id: path, path, input: () => readImage(path, options) });
    else
      for await (const item of readImages(path, options)) {
        const id = join(path, item.id);
        items.set(id, { ...item, id, path: id });
      }
  }
  return [...items.values()];
}
