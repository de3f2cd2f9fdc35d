import { createPicture, type Picture } from '@nearkin/core';
import type Sharp from 'sharp';
import { assertPixelLimit, badPicture } from './picture-error.js';

/**
 * Decodes with sharp: upright by EXIF, in sRGB with 8 bits, the first frame of an animation, grey and CMYK as RGB.
 *
 * @throws {NearkinError} `BAD_PICTURE`, `PICTURE_TOO_LARGE`
 */
export async function decodeWithSharp(
  sharp: typeof Sharp,
  bytes: Uint8Array,
  options: { name: string; limit: number },
): Promise<Picture> {
  const { name, limit } = options;
  const open = () => sharp(bytes, { failOn: 'error', limitInputPixels: false, pages: 1 });
  try {
    assertPixelLimit(name, await open().metadata(), limit);
    const { data, info } = await open()
      .rotate()
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    const { width, height, channels } = info;
    const samples = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    if (channels === 3 || channels === 4) return createPicture({ data: samples, width, height, channels });
    return createPicture({ data: spreadGrey(samples, channels), width, height, channels: channels === 1 ? 3 : 4 });
  } catch (cause) {
    if (cause instanceof Error && cause.name === 'NearkinError') throw cause;
    throw badPicture(name, firstLine(cause), cause);
  }
}

/** One grey channel (and alpha) to three. */
export function spreadGrey(grey: Uint8Array, channels: number): Uint8Array {
  const count = grey.length / channels;
  const to = channels === 1 ? 3 : 4;
  const out = new Uint8Array(count * to);
  for (let i = 0; i < count; i++) {
    out.fill(grey[i * channels]!, i * to, i * to + 3);
    if (to === 4) out[i * to + 3] = grey[i * channels + 1]!;
  }
  return out;
}

export function firstLine(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause);
  return `${text.split('\n')[0]!.replace(/\.$/, '')}.`;
}
