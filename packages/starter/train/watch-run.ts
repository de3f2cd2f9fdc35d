import type { ConvEmbedder, TextEncoder } from '@nearkin/training';
import * as tf from '@tensorflow/tfjs';
import type { CaptionMaker } from './captions.js';
import { type EmojiData, languages, side } from './emoji-data.js';
import { ranksOfOwn, recallAt } from './ranks.js';
import { paint } from './vary.js';

/** How well names and keywords find the drawings of one vendor with the weights as they are, for the log. */
export function watchRun(
  towers: { readonly image: ConvEmbedder; readonly text: TextEncoder; readonly captions: CaptionMaker },
  options: {
    readonly data: EmojiData;
    readonly drawings: ReadonlyMap<number, Uint8Array>;
    readonly queries: readonly number[];
    readonly gallery: readonly number[];
  },
) {
  const { image, text, captions } = towers;
  const { data, drawings } = options;
  const { dim } = image;
  const [queries, gallery] = [options.queries, options.gallery].map((list) => list.filter((i) => drawings.has(i)));
  const rows = new Float32Array(data.emoji.length * dim);
  for (let from = 0; from < gallery!.length; from += 64) {
    const some = gallery!.slice(from, from + 64);
    const pixels = new Float32Array(some.length * side * side * 3);
    some.forEach((i, k) => {
      paint(drawings.get(i)!, pixels.subarray(k * side * side * 3, (k + 1) * side * side * 3));
    });
    const shape = [some.length, side, side, 3] as [number, number, number, number];
    const found = read(() => image.forward(tf.tensor4d(pixels, shape), { training: false, seed: 0 }));
    some.forEach((i, k) => {
      rows.set(found.subarray(k * dim, (k + 1) * dim), i * dim);
    });
  }
  const ranks = (texts: readonly string[]) => {
    const sums = text.table.sum(texts.map((one) => captions.rowsOf(one)));
    const found = read(() =>
      text.forward(tf.tensor2d(sums, [texts.length, text.table.width]), { training: false, seed: 0 }),
    );
    return ranksOfOwn({ data: found, dim }, { data: rows, dim }, { queries: queries!, gallery: gallery! });
  };
  const own = (language: string) => data.texts.map((texts) => texts[language] ?? texts['en']!);
  const names = (language: string) => ranks(own(language).map(({ name }) => name));
  const keywords = (language: string) => ranks(own(language).map(({ keywords }) => keywords.join(' ')));
  const over = (rank: (language: string) => number[]) =>
    languages.reduce((sum, language) => sum + recallAt(rank(language), 10), 0) / languages.length;
  return {
    queries: queries!.length,
    gallery: gallery!.length,
    name1: recallAt(names('en'), 1),
    name10: recallAt(names('en'), 10),
    keywords10: recallAt(keywords('en'), 10),
    languages10: over(names),
    keywordsOfLanguages10: over(keywords),
  };
}

function read(make: () => tf.Tensor): Float32Array {
  const tensor = tf.tidy(make);
  const values = tensor.dataSync() as Float32Array;
  tensor.dispose();
  return values;
}
