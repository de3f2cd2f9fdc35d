import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { createPicture, type GalleryItem, NearkinError, type Picture } from '@nearkin/core';

export const side = 28;
/** Each character was drawn once by each of twenty people. */
export const drawers = 20;
const pixels = side * side;

/** Drawings of characters, one byte a pixel, ink high: shape `[characters, drawers, side, side]`. */
export interface Drawings {
  readonly samples: Uint8Array;
  readonly characters: number;
}

/** Reads the background characters of Omniglot at 28 x 28, gzipped bytes. */
export async function readDrawings(file: string): Promise<Drawings> {
  const samples = new Uint8Array(gunzipSync(await readFile(file)));
  const characters = samples.length / (drawers * pixels);
  if (!Number.isInteger(characters) || characters < 1)
    throw new NearkinError(
      'BAD_FORMAT',
      `Expected characters of ${drawers * pixels} bytes, got ${samples.length} bytes.`,
    );
  return { samples, characters };
}

/** Characters from `start` to before `end`, not copied. */
export function selectDrawings({ samples }: Drawings, start: number, end: number): Drawings {
  return { samples: samples.subarray(start * drawers * pixels, end * drawers * pixels), characters: end - start };
}

/** White ink on black, as pictures come that someone asks about. */
export function toPicture({ samples }: Drawings, drawing: number): Picture {
  const data = new Uint8Array(pixels * 3);
  for (let i = 0; i < pixels; i++) data.fill(samples[drawing * pixels + i]!, 3 * i, 3 * i + 3);
  return createPicture({ data, width: side, height: side, channels: 3 });
}

/** All drawings, labelled with their characters. */
export function* drawingItems(drawings: Drawings): Generator<GalleryItem<Picture>> {
  for (let i = 0; i < drawings.characters * drawers; i++)
    yield { id: String(i), label: characterName(Math.floor(i / drawers)), input: toPicture(drawings, i) };
}

export function characterName(character: number): string {
  return `character ${String(character).padStart(3, '0')}`;
}

/**
 * Every drawing in four quarter turns. A turned character is another character, so there are four times the classes:
 * drawing d in turn t is sample `4 * d + t`, class `4 * character + t`.
 */
export function turnedDrawings({ samples, characters }: Drawings): { samples: Uint8Array; labels: string[] } {
  const turned = new Uint8Array(samples.length * 4);
  for (let drawing = 0; drawing < characters * drawers; drawing++)
    for (let turn = 0; turn < 4; turn++)
      for (let y = 0; y < side; y++)
        for (let x = 0; x < side; x++) {
          const [fromX, fromY] = turnedPlace(x, y, turn);
          turned[(4 * drawing + turn) * pixels + y * side + x] = samples[drawing * pixels + fromY * side + fromX]!;
        }
  const labels = Array.from({ length: characters * drawers * 4 }, (_, sample) => {
    const character = Math.floor(sample / (4 * drawers));
    return `${characterName(character)}, turned ${(sample % 4) * 90}`;
  });
  return { samples: turned, labels };
}

function turnedPlace(x: number, y: number, turn: number): readonly [number, number] {
  const last = side - 1;
  if (turn === 1) return [y, last - x];
  if (turn === 2) return [last - x, last - y];
  return turn === 3 ? [last - y, x] : [x, y];
}
