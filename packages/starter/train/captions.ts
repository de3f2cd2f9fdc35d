import type { Rng } from '@nearkin/core';
import { type FeatureHashing, hashTextFeatures } from '@nearkin/embedders';
import type { EmojiText } from './emoji-data.js';

/** A caption of one emoji by chance. */
export interface Caption {
  /** Rows of the table. */
  readonly rows: Int32Array;
  /** Numbers of the trained emoji of which all that the caption says is true as well, its own among them. */
  readonly fits: readonly number[];
}

/** Makes captions as rows of the table. */
export interface CaptionMaker {
  /** The name, or keywords, or both; some of the features may be left out. @param emoji number among the trained */
  random(emoji: number, options: { readonly language: string; readonly rng: Rng }): Caption;
  /** Of the features that the trained emoji's texts have. */
  rowsOf(text: string): Int32Array;
}

/**
 * @param texts of the trained emoji, by language
 * @param options.subjects of the trained emoji
 */
export function createCaptionMaker(
  texts: readonly Readonly<Record<string, EmojiText>>[],
  options: {
    readonly hashing: FeatureHashing;
    readonly subjects: readonly string[];
    /** More keywords, and features that only one subject has are often left out. Default false. */
    readonly forUnseen?: boolean;
  },
): CaptionMaker {
  const { hashing, subjects, forUnseen = false } = options;
  const seen = new Map<string, { readonly rows: Int32Array; readonly marks: Uint32Array }>();
  const featuresOf = (text: string) => {
    let features = seen.get(text);
    if (!features) {
      features = hashTextFeatures(text, hashing);
      seen.set(text, features);
    }
    return features;
  };
  const holders = new Map<string, number[]>();
  /** The one subject that a feature is of, or `null` where there are several. */
  const onlySubject = new Map<number, string | null>();
  texts.forEach((own, emoji) => {
    for (const [language, { name, keywords }] of Object.entries(own))
      for (const text of new Set([name, ...keywords])) {
        const key = `${language} ${text}`;
        holders.set(key, [...(holders.get(key) ?? []), emoji]);
        for (const mark of featuresOf(text).marks) {
          const subject = onlySubject.get(mark);
          if (subject === undefined) onlySubject.set(mark, subjects[emoji]!);
          else if (subject !== subjects[emoji]) onlySubject.set(mark, null);
        }
      }
  });

  return {
    rowsOf(text) {
      const { rows, marks } = hashTextFeatures(text, hashing);
      return rows.filter((_, i) => onlySubject.has(marks[i]!));
    },
    random(emoji, { language: wanted, rng }) {
      const own = texts[emoji]!;
      const language = own[wanted] ? wanted : 'en';
      const chosen = (forUnseen ? chooseKeywords : chooseTexts)(own[language]!, rng);
      const rows = new Set<number>();
      const shared = new Set<number>();
      for (const text of chosen) {
        const features = featuresOf(text);
        features.rows.forEach((row, i) => {
          rows.add(row);
          if (onlySubject.get(features.marks[i]!) === null) shared.add(row);
        });
      }
      let fits = [emoji];
      if (chosen.length > 0) {
        const [first, ...rest] = chosen.map((text) => holders.get(`${language} ${text}`)!);
        fits = first!.filter((other) => rest.every((list) => list.includes(other)));
      }
      return { rows: Int32Array.from(forUnseen ? leaveOutOwn(rows, shared, rng) : leaveOut(rows, rng)), fits };
    },
  };
}

/**
 * A third of the captions keep only features that emoji of other subjects have too: so the words of an emoji that was
 * never met will look. Of half of the others, a part is left out by chance.
 */
function leaveOutOwn(rows: ReadonlySet<number>, shared: ReadonlySet<number>, rng: Rng): readonly number[] {
  const choice = rng.uniform();
  if (choice < 0.33 && shared.size > 0) return [...shared];
  if (choice < 0.67) return [...rows];
  const share = 0.5 * rng.uniform();
  const kept = [...rows].filter(() => rng.uniform() >= share);
  return kept.length > 0 ? kept : [...rows];
}

function chooseKeywords({ name, keywords }: EmojiText, rng: Rng): string[] {
  const choice = rng.uniform();
  if (keywords.length === 0 || choice < 0.3) return [name];
  if (choice < 0.4) return [name, keywords[rng.integer(keywords.length)]!];
  if (choice < 0.55) return [...keywords];
  const count = choice < 0.7 ? 1 : 1 + rng.integer(Math.min(5, keywords.length));
  return rng.sample(keywords.length, count).map((i) => keywords[i]!);
}

function leaveOut(rows: ReadonlySet<number>, rng: Rng): readonly number[] {
  if (rng.uniform() < 0.5) return [...rows];
  const kept = [...rows].filter(() => rng.uniform() < 0.85);
  return kept.length > 0 ? kept : [...rows];
}

function chooseTexts({ name, keywords }: EmojiText, rng: Rng): string[] {
  const choice = rng.uniform();
  if (keywords.length === 0 || choice < 0.5) return [name];
  if (choice < 0.6) return [name, keywords[rng.integer(keywords.length)]!];
  if (choice < 0.7) return [...keywords];
  const count = 1 + rng.integer(Math.min(5, keywords.length));
  return rng.sample(keywords.length, count).map((i) => keywords[i]!);
}
