import { NearkinError } from '@nearkin/core';
import { murmur3 } from './murmur3.js';

/** More of a text than this (UTF-16 units) is not read: a query is short, and a pasted book must not stop a page. */
export const maxTextLength = 2048;

/** Scripts that write words without spaces or pack a syllable into a character: one and two characters say enough. */
const denseRun =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}々ー]+|[^\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}々ー]+/gu;
const dense = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}々ー]/u;
const separators = /[\s\p{P}\p{Cc}\p{Cs}]+/u;

/**
 * The features of a text: its whole words (`=cat`) and the character n-grams inside each word (`<ca`, `cat`, `at>`, …),
 * so that misspelt, inflected and compound words still share features with what was learned.
 *
 * Text is made comparable by Unicode NFKC and case folding. Words end at spaces and punctuation; n-grams are 3 and 4
 * characters long, or 1 and 2 in Chinese, Japanese and Korean. Text of punctuation alone is one feature. Each feature
 * comes once, in order of appearance; only the first {@link maxTextLength} UTF-16 units are read.
 *
 * @returns no features for empty text or spaces
 * @example
 * textFeatures('A cat'); // ['=a', '<a>', '=cat', '<ca', 'cat', 'at>', '<cat', 'cat>']
 */
export function textFeatures(text: string): string[] {
  const folded = foldText(text);
  const features = new Set<string>();
  for (const word of folded.split(separators)) {
    for (const run of word.match(denseRun) ?? []) addWord(features, run);
  }
  if (features.size === 0 && folded.trim() !== '') features.add(`=${folded.trim()}`);
  return [...features];
}

function addWord(features: Set<string>, word: string): void {
  features.add(`=${word}`);
  const characters = [...`<${word}>`];
  for (const size of dense.test(word) ? [1, 2] : [3, 4]) {
    for (let start = 0; start + size <= characters.length; start++) {
      const gram = characters.slice(start, start + size).join('');
      if (gram !== '<' && gram !== '>') features.add(gram);
    }
  }
}

/** NFKC, then upper and lower case (`ß` and `SS` meet, as do dotless and dotted i), without invisible characters. */
function foldText(text: string): string {
  return text
    .slice(0, maxTextLength)
    .normalize('NFKC')
    .toUpperCase()
    .toLowerCase()
    .replace(/i\u0307/g, 'i')
    .replace(/ς/g, 'σ')
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .normalize('NFC');
}

/** How features become rows of a table. */
export interface FeatureHashing {
  /** Rows of the table. */
  readonly rows: number;
  /** Of the hash. */
  readonly seed: number;
}

/** The features of a text as numbers; entry i of both arrays belongs to the same feature. */
export interface HashedFeatures {
  /** The row of the table: `murmur3(feature, seed) % rows`. Two features may share one. */
  readonly rows: Int32Array;
  /** Tells features of one row apart: `murmur3(feature, seed + 1)`. */
  readonly marks: Uint32Array;
}

/**
 * Hashes the {@link textFeatures} of a text.
 *
 * @throws {NearkinError} `INVALID_ARGUMENT` for what is not a text
 */
export function hashTextFeatures(text: string, { rows, seed }: FeatureHashing): HashedFeatures {
  if (typeof text !== 'string')
    throw new NearkinError('INVALID_ARGUMENT', `Expected a text to embed, got ${typeof text}.`, {
      details: { received: typeof text },
    });
  const features = textFeatures(text);
  return {
    rows: Int32Array.from(features, (feature) => murmur3(feature, seed) % rows),
    marks: Uint32Array.from(features, (feature) => murmur3(feature, seed + 1)),
  };
}
