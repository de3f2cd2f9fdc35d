import { createPicture, type Embedder, l2Normalize } from '@nearkin/core';
import type { ImageInput } from '@nearkin/embedders';
import { type EmojiData, languages, side } from './emoji-data.js';
import { type Rows, ranksOfOwn, recallAt } from './ranks.js';

/** Recalls in % of texts that look for their drawing. */
export interface TextToDrawing {
  readonly queries: number;
  readonly gallery: number;
  readonly chance10: number;
  readonly name1: number;
  readonly name5: number;
  readonly name10: number;
  readonly keywords1: number;
  readonly keywords10: number;
  readonly languages10?: number;
  readonly byLanguage10?: Readonly<Record<string, number>>;
}

/** Embeds one vendor's drawings; rows by number of the emoji, zeros where the vendor has none. */
export async function drawingRows(image: Embedder<ImageInput>, data: EmojiData, vendor: string): Promise<Rows> {
  const drawings = await data.drawings(vendor);
  const numbers = [...drawings.keys()];
  const pictures = numbers.map((i) =>
    createPicture({ data: drawings.get(i)!, width: side, height: side, channels: 4 }),
  );
  const rows = new Float32Array(data.emoji.length * image.dim);
  for (let from = 0; from < pictures.length; from += 64) {
    const vectors = l2Normalize(await image.embed(pictures.slice(from, from + 64)));
    numbers.slice(from, from + 64).forEach((i, k) => {
      rows.set(vectors.data.subarray(k * image.dim, (k + 1) * image.dim), i * image.dim);
    });
  }
  return { data: rows, dim: image.dim };
}

/** How well names and keywords find their drawings. */
export async function textToDrawing(
  text: Embedder<string>,
  drawings: Rows,
  options: {
    readonly data: EmojiData;
    readonly queries: readonly number[];
    readonly gallery: readonly number[];
    readonly allLanguages?: boolean;
  },
): Promise<TextToDrawing> {
  const { data, queries, gallery, allLanguages = true } = options;
  const ranks = async (captions: readonly string[]) => {
    const { data: rows, dim } = await text.embed(captions);
    return ranksOfOwn({ data: rows, dim }, drawings, { queries, gallery });
  };
  const names = (language: string) => data.texts.map((texts) => (texts[language] ?? texts['en']!).name);
  const byName = await ranks(names('en'));
  const byKeywords = await ranks(
    data.texts.map(({ en }) => (en!.keywords.length > 0 ? en!.keywords.join(' ') : en!.name)),
  );
  const byLanguage10: Record<string, number> = {};
  if (allLanguages)
    for (const language of languages) byLanguage10[language] = recallAt(await ranks(names(language)), 10);
  const values = Object.values(byLanguage10);
  return {
    queries: queries.length,
    gallery: gallery.length,
    chance10: 1000 / gallery.length,
    name1: recallAt(byName, 1),
    name5: recallAt(byName, 5),
    name10: recallAt(byName, 10),
    keywords1: recallAt(byKeywords, 1),
    keywords10: recallAt(byKeywords, 10),
    ...(allLanguages ? { languages10: values.reduce((a, b) => a + b, 0) / values.length, byLanguage10 } : {}),
  };
}

/** Each drawing of `to` looks for the drawing of the same emoji by another vendor, one a class. */
export function oneShot(from: Rows, to: Rows, emoji: readonly number[]): { readonly r1: number; readonly r10: number } {
  const ranks = ranksOfOwn(to, from, { queries: emoji, gallery: emoji });
  return { r1: recallAt(ranks, 1), r10: recallAt(ranks, 10) };
}
