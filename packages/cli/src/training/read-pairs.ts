import { readFile } from 'node:fs/promises';
import { NearkinError } from '@nearkin/core';

/** A picture and what was said about it. */
export interface CaptionedImage {
  readonly image: string;
  readonly captions: readonly string[];
}

/**
 * Reads a JSON Lines file of `{ "image": path, "captions": […] }`. Empty lines are passed over; lines of one image
 * are put together.
 *
 * @throws {NearkinError} `BAD_FORMAT` naming the line, `EMPTY_GALLERY` for a file without pairs
 */
export async function readPairs(file: string): Promise<CaptionedImage[]> {
  const captions = new Map<string, string[]>();
  const lines = (await readFile(file, 'utf8')).replace(/^\uFEFF/, '').split(/\r?\n/);
  for (const [i, text] of lines.entries()) {
    if (text.trim() === '') continue;
    const pair = readPair(text, { file, line: i + 1 });
    const known = captions.get(pair.image);
    if (known) known.push(...pair.captions);
    else captions.set(pair.image, [...pair.captions]);
  }
  if (captions.size === 0)
    throw new NearkinError('EMPTY_GALLERY', `Expected lines of pictures with captions in ${file}, got none.`, {
      details: { file },
    });
  return [...captions].map(([image, list]) => ({ image, captions: list }));
}

function readPair(text: string, place: { readonly file: string; readonly line: number }): CaptionedImage {
  const bad = (what: string, cause?: unknown) =>
    new NearkinError(
      'BAD_FORMAT',
      `Expected { "image": "path", "captions": ["…", …] } in line ${place.line} of ${place.file}, got ${what}.`,
      { cause, details: { ...place } },
    );
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw bad('something that is not JSON', cause);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw bad('no object');
  const { image, captions } = value as Record<string, unknown>;
  if (typeof image !== 'string' || image === '') throw bad('captions without an image');
  if (!Array.isArray(captions) || captions.length === 0) throw bad('an image without captions');
  if (!captions.every((caption): caption is string => typeof caption === 'string' && caption.trim() !== ''))
    throw bad('a caption that is empty or no text');
  return { image, captions };
}
