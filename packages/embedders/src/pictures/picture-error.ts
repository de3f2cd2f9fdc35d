import { NearkinError } from '@nearkin/core';

/** A picture that cannot be decoded; `name` is a path, or says what else it is. */
export function badPicture(name: string, reason: string, cause?: unknown): NearkinError {
  return new NearkinError('BAD_PICTURE', `${name} cannot be read as a picture: ${reason}`, {
    cause,
    details: { picture: name },
  });
}

/** @throws {NearkinError} `PICTURE_TOO_LARGE` when the header announces more pixels than allowed */
export function assertPixelLimit(
  name: string,
  size: { width?: number | undefined; height?: number | undefined },
  limit: number,
): void {
  const { width = 0, height = 0 } = size;
  if (width * height <= limit) return;
  throw new NearkinError(
    'PICTURE_TOO_LARGE',
    `${name} is ${width} x ${height}, ${Math.round((width * height) / 1e6)} million pixels; allowed are ${Math.round(limit / 1e6)}. Raise limitInputPixels if it is to be read.`,
    { details: { picture: name, width, height, limit } },
  );
}
