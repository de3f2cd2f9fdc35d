import { NearkinError } from '@nearkin/core';

/** What is looked for: one part or several, which are added up. */
export interface SearchQuery<Image = unknown> {
  /** Words that describe it. */
  readonly text?: string | undefined;
  /** A picture that it is like. */
  readonly image?: Image | undefined;
  /** Ids of rows that it is like; they are not among the answers. */
  readonly like?: string | readonly string[] | undefined;
  /** Words for what it is not. */
  readonly not?: string | readonly string[] | undefined;
  /** A picture of what it is not. */
  readonly notImage?: Image | undefined;
  /**
   * How much each part counts; parts have length 1 before they are weighted and added. Default 1, and 0.5 for what it
   * is not.
   */
  readonly weights?: QueryWeights | undefined;
}

/** How much each part of a query counts; each part has length 1 before. */
export interface QueryWeights {
  readonly text?: number | undefined;
  readonly image?: number | undefined;
  readonly like?: number | undefined;
  readonly not?: number | undefined;
}

/** A query whose every part has been looked at. */
export interface CheckedQuery<Image> {
  readonly text: string | undefined;
  readonly image: Image | undefined;
  readonly like: readonly string[];
  readonly not: readonly string[];
  readonly notImage: Image | undefined;
  readonly weights: { readonly text: number; readonly image: number; readonly like: number; readonly not: number };
}

const parts = new Set(['text', 'image', 'like', 'not', 'notImage', 'weights']);

/**
 * Checks a query. A string is words.
 *
 * @throws {NearkinError} `BAD_TEXT` for empty words; `INVALID_ARGUMENT` for nothing to look for, for a picture where
 *   words are due, and for weights that are no numbers from 0 up
 */
export function checkQuery<Image>(query: string | SearchQuery<Image>): CheckedQuery<Image> {
  const given: SearchQuery<Image> = typeof query === 'string' ? { text: query } : query;
  if (typeof given !== 'object' || given === null || !Object.keys(given).some((key) => parts.has(key)))
    throw invalid(
      `Expected words or { text, image, like }, got ${describe(query)}; ask with a picture as search({ image }).`,
      query,
    );
  const like = list(given.like, 'like');
  const not = list(given.not, 'not');
  if (given.text !== undefined) checkText(given.text, 'text');
  for (const text of not) checkText(text, 'not');
  if (given.text === undefined && given.image === undefined && like.length === 0)
    throw invalid('Expected something to look for: text, image or like; what it is not is not enough.', query);
  const { text = 1, image = 1, like: likeWeight = 1, not: notWeight = 0.5 } = given.weights ?? {};
  const weights = { text, image, like: likeWeight, not: notWeight };
  for (const [name, weight] of Object.entries(weights))
    if (typeof weight !== 'number' || !(weight >= 0 && weight < Number.POSITIVE_INFINITY))
      throw invalid(`Expected the weight ${name} to be a number from 0 up, got ${String(weight)}.`, query);
  return { text: given.text, image: given.image, like, not, notImage: given.notImage, weights };
}

function checkText(text: unknown, name: string): void {
  if (typeof text !== 'string')
    throw invalid(`Expected ${name} to be words, got ${describe(text)}; pictures go into image and notImage.`, text);
  if (text.trim() === '') throw new NearkinError('BAD_TEXT', `Expected words in ${name}, got an empty text.`);
}

function list(value: string | readonly string[] | undefined, name: string): readonly string[] {
  if (value === undefined) return [];
  const entries = Array.isArray(value) ? value : [value];
  if (name === 'like' && !entries.every((entry) => typeof entry === 'string'))
    throw invalid('Expected like to be ids of rows.', value);
  return entries;
}

function describe(value: unknown): string {
  if (value === null || typeof value !== 'object') return value === undefined ? 'nothing' : `a ${typeof value}`;
  if ('width' in value && 'height' in value) return 'a picture';
  return value.constructor?.name ?? 'an object';
}

function invalid(message: string, received: unknown): NearkinError {
  return new NearkinError('INVALID_ARGUMENT', message, { details: { received: describe(received) } });
}
