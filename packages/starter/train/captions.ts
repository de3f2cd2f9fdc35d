import type { Rng } from '@nearkin/core';
import { type FeatureHashing, hashTextFeatures } from '@nearkin/embedders';
import type { EmojiText } from './emoji-data.js';

/** Makes captions as rows of the table. */
export interface CaptionMaker {
  /** A caption by chance: the name (50 %), else one to five keywords, or all of them; a tenth of the features may be left out. */
  random(text: EmojiText, rng: Rng): Int32Array;
  rowsOf(text: string): Int32Array;
}

export function createCaptionMaker(hashing: FeatureHashing): CaptionMaker {
  const seen = new Map<string, Int32Array>();
  const rowsOf = (text: string): Int32Array => {
    let rows = seen.get(text);
    if (!rows) {
      rows = hashTextFeatures(text, hashing).rows;
      seen.set(text, rows);
    }
    return rows;
  };
  return {
    rowsOf,
    random({ name, keywords }, rng) {
      const rows = chosen(name, keywords, rng).flatMap((text) => [...rowsOf(text)]);
      const distinct = [...new Set(rows)];
      const kept = rng.uniform() < 0.5 ? distinct : distinct.filter(() => rng.uniform() < 0.85);
      return Int32Array.from(kept.length > 0 ? kept : distinct);
    },
  };
}

function chosen(name: string, keywords: readonly string[], rng: Rng): string[] {
  const choice = rng.uniform();
  if (keywords.length === 0 || choice < 0.5) return [name];
  if (choice < 0.6) return [name, keywords[rng.integer(keywords.length)]!];
  if (choice < 0.7) return [...keywords];
  const count = 1 + rng.integer(Math.min(5, keywords.length));
  return rng.sample(keywords.length, count).map((i) => keywords[i]!);
}
