import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { embedGallery, type Gallery, NearkinError, readGallery, selectGallery, throwIfAborted } from '@nearkin/core';
import type { Encoder } from '@nearkin/embedders';
import { readImage } from '@nearkin/embedders/node';
import { openEncoder } from '../encoders/open-encoder.js';
import { embedPictures } from '../pictures/embed-pictures.js';
import type { SkippedPictures } from '../pictures/skipped-pictures.js';
import type { Terminal } from '../terminal/terminal.js';
import { type CaptionedImage, readPairs } from './read-pairs.js';

/** Vectors of pictures, by path, and of texts, each labelled by its picture. */
export interface CaptionSides {
  readonly images: Gallery;
  readonly texts: Gallery;
}

/** Embeds pictures and captions; captions of pictures that cannot be read go with them. */
export async function embedPairs(
  source: {
    readonly pairs: string;
    readonly embedder?: string | undefined;
    readonly photos?: string | undefined;
  },
  options: { readonly skipped: SkippedPictures; readonly terminal: Terminal },
): Promise<CaptionSides> {
  const { signal } = options.terminal;
  const pairs = await readPairs(source.pairs);
  throwIfAborted(signal);
  const { embedder } = source;
  const encoder = await openEncoder(embedder === undefined ? {} : { embedder }, options.terminal);
  try {
    const { image, text } = bothTowers(encoder, embedder);
    const folder = source.photos ?? dirname(source.pairs);
    const items = pairs.map(({ image: id }) => {
      const path = resolve(folder, id);
      return { id, path, input: () => readImage(path, { signal }) };
    });
    const images = await embedPictures(image, items, options);
    const kept = new Set(images.ids);
    const captions = pairs.filter((pair) => kept.has(pair.image)).flatMap(captionItems);
    const bar = options.terminal.progress('Reading captions');
    try {
      const texts = await embedGallery(text, captions, { signal, onProgress: bar.onProgress });
      return { images, texts };
    } finally {
      bar.stop();
    }
  } finally {
    encoder.dispose();
  }
}

/** @throws {NearkinError} `UNSUPPORTED` when one is missing */
function bothTowers(
  { image, text }: Encoder,
  embedder: string | undefined,
): {
  image: NonNullable<Encoder['image']>;
  text: NonNullable<Encoder['text']>;
} {
  if (image && text) return { image, text };
  throw new NearkinError(
    'UNSUPPORTED',
    `Expected a dual encoder, which knows pictures and words (a saved one, hf:… of a CLIP or SigLIP, or a module), got an embedder of ${image ? 'pictures' : 'words'} alone: ${embedder}.`,
    { details: { embedder } },
  );
}

function captionItems({ image, captions }: CaptionedImage) {
  return captions.map((caption, i) => ({ id: `${image}#${i}`, label: image, input: caption }));
}

/**
 * Reads vectors that were made elsewhere.
 *
 * @param source.pairs keeps to the pictures that this file names, and reports those without a vector
 * @throws {NearkinError} `UNKNOWN_ID` for a text whose picture has no vector, `EMPTY_GALLERY` when no picture is left
 */
export async function readCaptionSides(
  source: { readonly images: string; readonly texts: string; readonly pairs?: string | undefined },
  { skipped }: { readonly skipped: SkippedPictures },
): Promise<CaptionSides> {
  const images = readGallery(await readFile(source.images));
  const texts = readGallery(await readFile(source.texts));
  const known = new Set(images.ids);
  const stray = texts.labels.findIndex((label) => !known.has(label));
  if (stray >= 0)
    throw new NearkinError(
      'UNKNOWN_ID',
      `Expected the id of a picture of ${source.images} as label of each text, got ${JSON.stringify(texts.labels[stray])} for ${JSON.stringify(texts.ids[stray])} in ${source.texts}.`,
      { details: { text: texts.ids[stray], image: texts.labels[stray] } },
    );
  if (source.pairs === undefined) return { images, texts };
  const asked = new Set((await readPairs(source.pairs)).map(({ image }) => image));
  for (const image of asked) {
    const message = `${source.images} has no vector of it.`;
    if (!known.has(image)) skipped.add(image, new NearkinError('UNKNOWN_ID', message));
  }
  return { images: keepRows(images, images.ids, asked), texts: keepRows(texts, texts.labels, asked) };
}

function keepRows(gallery: Gallery, names: readonly string[], asked: ReadonlySet<string>): Gallery {
  return selectGallery(
    gallery,
    names.flatMap((name, row) => (asked.has(name) ? [row] : [])),
  );
}
