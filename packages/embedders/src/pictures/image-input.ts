import type { Picture } from '@nearkin/core';

/**
 * What image embedders take: a decoded picture anywhere; in Node also a path, a `file:` URL or the bytes of an encoded
 * picture; in a browser also encoded bytes and whatever can be drawn on a canvas.
 */
export type ImageInput =
  | Picture
  | string
  | URL
  | Uint8Array
  | Blob
  | ImageData
  | ImageBitmap
  | HTMLImageElement
  | HTMLVideoElement
  | HTMLCanvasElement
  | OffscreenCanvas
  | VideoFrame;

export function isPicture(input: ImageInput): input is Picture {
  return typeof input === 'object' && 'data' in input && 'channels' in input;
}

/** Limits and choices in decoding. */
export interface ReadImageOptions {
  /** Pixels allowed, read from the header before anything is decoded. Default 50 million. */
  readonly limitInputPixels?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export const defaultPixelLimit = 50_000_000;

/** What the hosts differ in. */
export interface PictureHost {
  /** @throws {NearkinError} `BAD_PICTURE`, `PICTURE_TOO_LARGE`, `NOT_FOUND`, `INVALID_ARGUMENT` for a thing that is no picture */
  toPicture(input: ImageInput, options: ReadImageOptions): Promise<Picture>;
  /** Chooses a backend unless the program has chosen one. */
  ensureBackend(): Promise<void>;
}
