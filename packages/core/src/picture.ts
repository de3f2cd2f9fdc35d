import { NearkinError } from './nearkin-error.js';

/** A decoded picture: 8-bit samples, row-major, top row first, channels RGB or RGBA (not premultiplied), upright. */
export interface Picture {
  readonly data: Uint8Array | Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
  readonly channels: 3 | 4;
}

/**
 * Checks and freezes a decoded picture; the samples are not copied.
 *
 * @throws {NearkinError} `BAD_PICTURE` when the size is not positive or the samples do not fit it
 */
export function createPicture(picture: Picture): Picture {
  const { data, width, height, channels } = picture;
  const sizes = Number.isSafeInteger(width) && Number.isSafeInteger(height) && width > 0 && height > 0;
  if (!sizes || (channels !== 3 && channels !== 4) || data.length !== width * height * channels)
    throw new NearkinError(
      'BAD_PICTURE',
      `Expected width x height x channels samples (3 or 4 channels), got ${width} x ${height} x ${channels} with ${data.length} samples.`,
      { details: { width, height, channels, samples: data.length } },
    );
  return Object.freeze({ data, width, height, channels });
}
