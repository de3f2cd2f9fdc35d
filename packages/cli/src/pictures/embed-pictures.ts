import { availableParallelism } from 'node:os';
import { type Embedder, embedGallery, type Gallery, type GalleryItem, NearkinError } from '@nearkin/core';
import type { ImageEmbedder, ImageInput } from '@nearkin/embedders';
import { createEmbedderPool } from '@nearkin/embedders/node';
import type { Terminal } from '../terminal/terminal.js';
import type { PictureItem } from './picture-item.js';
import type { SkippedPictures } from './skipped-pictures.js';

export interface EmbedPicturesOptions {
  readonly skipped: SkippedPictures;
  readonly terminal: Terminal;
  /** Threads; left out: one for each core when there is enough to do. */
  readonly workers?: number | undefined;
}

/** So many pictures are worth starting threads that each load the model. */
const enoughForThreads = 500;

/**
 * Embeds pictures with a progress bar; bad ones go to `skipped`.
 *
 * @throws {NearkinError} the picture's own error when the only one is bad, `EMPTY_GALLERY` when all of several are
 */
export async function embedPictures(
  embedder: Embedder<ImageInput>,
  items: readonly PictureItem[],
  options: EmbedPicturesOptions,
): Promise<Gallery> {
  const { skipped, terminal } = options;
  const { signal } = terminal;
  const workers = options.workers ?? (items.length < enoughForThreads ? 1 : availableParallelism());
  using pool =
    workers > 1 && isImageEmbedder(embedder) ? await createEmbedderPool(embedder, { workers, signal }) : null;
  const bar = terminal.progress('Looking at pictures');
  try {
    return await embedGallery<ImageInput>(pool ?? embedder, pool ? items.map(asPath) : items, {
      signal,
      batchSize: pool ? 8 * workers : 8,
      onProgress: bar.onProgress,
      onError: (error, item) => skipped.add(item.id, error),
    });
  } catch (error) {
    const only = items.length === 1 && error instanceof NearkinError && error.code === 'EMPTY_GALLERY' && error.cause;
    throw only instanceof NearkinError ? only : error;
  } finally {
    bar.stop();
  }
}

/** Threads read files themselves. */
function asPath({ path, ...item }: PictureItem): GalleryItem<ImageInput> {
  return { ...item, input: path };
}

function isImageEmbedder(embedder: Embedder<ImageInput>): embedder is ImageEmbedder {
  return 'model' in embedder && 'preprocessing' in embedder;
}
