import { readFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { type Gallery, readGallery, throwIfAborted } from '@nearkin/core';
import type { ImageEmbedder } from '@nearkin/embedders';
import { embedPictures } from '../pictures/embed-pictures.js';
import { listAlbums } from '../pictures/picture-item.js';
import { pictureOrigin, pictureOrigins } from '../pictures/picture-origin.js';
import type { SkippedPictures } from '../pictures/skipped-pictures.js';
import type { Terminal } from '../terminal/terminal.js';

/** Vectors with labels, and where their pictures lie. */
export interface LabelledSide {
  readonly name: string;
  readonly gallery: Gallery;
  /** The file of a row's picture; undefined where that is not known. */
  pathOf(id: string): string | undefined;
}

/** Is it a file of vectors, and no folder of pictures? */
export function isGalleryFile(source: string): boolean {
  return source.endsWith('.safetensors');
}

/**
 * Opens albums, embedding their pictures, or a gallery file.
 *
 * @param options.openEmbedder asked for albums only
 * @param options.seenFrom folder of the file that the gallery will be kept in
 */
export async function openLabelledSide(
  source: string,
  options: {
    readonly openEmbedder: () => Promise<ImageEmbedder>;
    readonly skipped: SkippedPictures;
    readonly terminal: Terminal;
    readonly workers?: number | undefined;
    readonly seenFrom?: string | undefined;
  },
): Promise<LabelledSide> {
  const { skipped, terminal, workers, seenFrom } = options;
  const { signal } = terminal;
  const name = basename(resolve(source));
  if (isGalleryFile(source)) {
    const gallery = readGallery(await readFile(source));
    throwIfAborted(signal);
    const paths = pictureOrigins(gallery, dirname(source));
    return { name, gallery, pathOf: (id) => paths.get(id) };
  }
  const items = await listAlbums(source, { signal });
  const rows =
    seenFrom === undefined ? items : items.map((item) => ({ ...item, metadata: pictureOrigin(item.path, seenFrom) }));
  const gallery = await embedPictures(await options.openEmbedder(), rows, { skipped, terminal, workers });
  return { name, gallery, pathOf: (id) => join(source, id) };
}
