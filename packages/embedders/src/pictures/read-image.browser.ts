import { createPicture, NearkinError, type Picture, throwIfAborted } from '@nearkin/core';
import { defaultPixelLimit, type ImageInput, type ReadImageOptions } from './image-input.js';
import { assertPixelLimit, badPicture } from './picture-error.js';
import { readPictureHeader } from './picture-header.js';

/** How much of a file is looked at for its size: camera JPEGs carry a preview before it. */
const headerBytes = 256 * 1024;

/**
 * Reads a picture file: upright by its EXIF orientation, sRGB, 8 bits, the first frame of an animation; transparency is kept.
 *
 * @throws {NearkinError} `BAD_PICTURE` when the browser cannot decode it, `PICTURE_TOO_LARGE` (from the header, before
 *   decoding, for JPEG, PNG, GIF, WebP and BMP), `ABORTED`
 * @example
 * const picture = await readImage(fileInput.files[0]);
 */
export async function readImage(blob: Blob, options: ReadImageOptions = {}): Promise<Picture> {
  const { limitInputPixels: limit = defaultPixelLimit, signal } = options;
  throwIfAborted(signal);
  const name = blob instanceof File ? blob.webkitRelativePath || blob.name : `A picture of ${blob.size} bytes`;
  const header = readPictureHeader(new Uint8Array(await blob.slice(0, headerBytes).arrayBuffer()));
  if (header) assertPixelLimit(name, header, limit);
  throwIfAborted(signal);
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(blob, { imageOrientation: 'from-image', premultiplyAlpha: 'none' });
  } catch (cause) {
    throw badPicture(name, 'the browser cannot decode it; is it a picture, and whole?', cause);
  }
  try {
    return drawPicture(bitmap, { limitInputPixels: limit });
  } finally {
    bitmap.close();
  }
}

/** Reads the pixels of what a canvas can draw. @throws {NearkinError} `BAD_PICTURE` while it has no size, or of another origin */
export function drawPicture(
  source: Exclude<ImageInput, Picture | string | URL | Uint8Array | Blob> | ImageData,
  options: ReadImageOptions,
): Picture {
  if (source instanceof ImageData)
    return createPicture({ data: source.data, width: source.width, height: source.height, channels: 4 });
  const { width, height } = sizeOf(source);
  const name = 'The picture';
  if (!(width > 0 && height > 0))
    throw badPicture(name, 'it has no size yet; wait until it is loaded (image.decode(), or loadeddata of a video).');
  assertPixelLimit(name, { width, height }, options.limitInputPixels ?? defaultPixelLimit);
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (!context) throw new NearkinError('UNSUPPORTED', 'This browser gives no 2d canvas.');
  context.drawImage(source, 0, 0, width, height);
  try {
    return createPicture({ data: context.getImageData(0, 0, width, height).data, width, height, channels: 4 });
  } catch (cause) {
    throw badPicture(name, 'it comes from another origin that does not allow reading it (set crossorigin).', cause);
  }
}

type Drawable = Exclude<ImageInput, Picture | string | URL | Uint8Array | Blob | ImageData>;

function sizeOf(source: Drawable): { width: number; height: number } {
  if ('naturalWidth' in source) return { width: source.naturalWidth, height: source.naturalHeight };
  if ('videoWidth' in source) return { width: source.videoWidth, height: source.videoHeight };
  if ('displayWidth' in source) return { width: source.displayWidth, height: source.displayHeight };
  if ('width' in source) return { width: source.width, height: source.height };
  throw new NearkinError('INVALID_ARGUMENT', 'Expected a picture: a File, Blob, image, video, canvas or ImageData.');
}
