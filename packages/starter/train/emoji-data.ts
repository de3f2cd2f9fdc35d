import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { murmur3 } from '../../embedders/src/text/murmur3.js';
import { holdOut } from './subject-of.js';

export const side = 64;
export const languages = 'en ar de es fr hi it ja ko pt ru sw tr vi zh'.split(' ');

/** Name and keywords of an emoji in one language. */
export interface EmojiText {
  readonly name: string;
  readonly keywords: readonly string[];
}

export interface EmojiData {
  readonly emoji: readonly { readonly hex: string; readonly char: string; readonly name: string }[];
  /** By language; missing where the language has no name. */
  readonly texts: readonly Readonly<Record<string, EmojiText>>[];
  /** Held out: never trained on. Whole subjects. */
  readonly heldOut: readonly boolean[];
  /** A part of the others, whole subjects too: what settings are chosen on. */
  readonly forChoice: readonly boolean[];
  /** RGBA, 64 x 64, by number of the emoji; missing where a vendor does not draw it. */
  drawings(vendor: string): Promise<ReadonlyMap<number, Uint8Array>>;
}

/** Reads sheets and CLDR texts. @param folder holds `emoji.json`, `cldr/` and a sheet for each vendor */
export async function loadEmojiData(folder: string): Promise<EmojiData> {
  const sheet = JSON.parse(await readFile(join(folder, 'emoji.json'), 'utf8'));
  const cldr = await Promise.all(
    languages.map(async (language) => JSON.parse(await readFile(join(folder, 'cldr', `${language}.json`), 'utf8'))),
  );
  const emoji: EmojiData['emoji'] = sheet.emoji;
  const texts = emoji.map(({ hex }) =>
    Object.fromEntries(
      languages.flatMap((language, i) => {
        const { name, keywords = [] } = cldr[i][hex] ?? {};
        return name ? [[language, { name, keywords }]] : [];
      }),
    ),
  );
  const heldOut = holdOut(emoji, { share: 0.2, order: (subject) => murmur3(subject, 1) });
  const others = emoji.map((_, i) => i).filter((i) => !heldOut[i]);
  const chosen = holdOut(
    others.map((i) => emoji[i]!),
    { share: 0.2, order: (subject) => murmur3(subject, 2) },
  );
  const forChoice = emoji.map(() => false);
  others.forEach((i, k) => {
    forChoice[i] = chosen[k]!;
  });
  return {
    emoji,
    texts,
    heldOut,
    forChoice,
    async drawings(vendor) {
      const { data, info } = await sharp(join(folder, `${vendor}.webp`))
        .ensureAlpha()
        .raw()
        .toBuffer({ resolveWithObject: true });
      return new Map(
        (sheet.have[vendor] as number[]).map((i) => {
          const cell = new Uint8Array(side * side * 4);
          const x = (i % sheet.columns) * side;
          const y = Math.floor(i / sheet.columns) * side;
          for (let row = 0; row < side; row++) {
            const start = ((y + row) * info.width + x) * 4;
            cell.set(data.subarray(start, start + side * 4), row * side * 4);
          }
          return [i, cell];
        }),
      );
    },
  };
}
