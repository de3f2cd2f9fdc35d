import { NearkinError, type Rng } from '@nearkin/core';
import type { Caption, CaptionMaker } from './captions.js';
import { analyseDrawing, restyle, type StyledDrawing } from './drawing-styles.js';
import { type EmojiData, languages, side } from './emoji-data.js';
import { vary } from './vary.js';

const numbers = side * side * 3;

/** The drawings of each of some emoji, by all vendors that have it. */
export async function loadDrawings(
  data: EmojiData,
  { emoji, vendors }: { readonly emoji: readonly number[]; readonly vendors: readonly string[] },
): Promise<readonly (readonly StyledDrawing[])[]> {
  const lists = new Map<number, StyledDrawing[]>(emoji.map((i) => [i, []]));
  for (const vendor of vendors)
    for (const [i, drawing] of await data.drawings(vendor)) lists.get(i)?.push(analyseDrawing(drawing));
  return [...lists.values()];
}

/**
 * Two drawings of each emoji, of different vendors, restyled and varied.
 *
 * @returns `[2 * emoji, side, side, 3]`: one drawing of each emoji, then the other of each
 */
export function drawPixels(emoji: readonly (readonly StyledDrawing[])[], rng: Rng): Float32Array {
  const restyled = new Uint8Array(side * side * 4);
  const pixels = new Float32Array(2 * emoji.length * numbers);
  emoji.forEach((list, b) => {
    if (list.length < 2)
      throw new NearkinError(
        'INVALID_ARGUMENT',
        `Expected drawings of at least two vendors for each emoji, got ${list.length}; train on vendors that draw the same emoji.`,
      );
    rng.sample(list.length, 2).forEach((which, half) => {
      const at = (half * emoji.length + b) * numbers;
      restyle(list[which]!, rng, restyled);
      vary(restyled, rng, pixels.subarray(at, at + numbers));
    });
  });
  return pixels;
}

/** A caption of each of the trained emoji for each set: English, then languages by chance. */
export function captionSets(
  captions: CaptionMaker,
  { emoji, sets, rng }: { readonly emoji: number; readonly sets: number; readonly rng: Rng },
): Caption[][] {
  return Array.from({ length: sets }, (_, set) =>
    Array.from({ length: emoji }, (_, k) =>
      captions.random(k, {
        language: set === 0 ? 'en' : languages[1 + rng.integer(languages.length - 1)]!,
        rng,
      }),
    ),
  );
}
