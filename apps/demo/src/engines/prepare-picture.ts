import { NearkinError } from '@nearkin/core';

/** A picture as the gallery keeps it, and a small one for cards and lists. */
export interface PreparedPicture {
  readonly picture: Blob;
  readonly thumb: Blob;
  /** Whether `picture` is smaller than the file was; else it is the file's own bytes. */
  readonly scaled: boolean;
}

const longestSide = 640;
const thumbSide = 144;

/** Large photos are kept at 640 pixels, small pictures byte for byte; what is embedded later is what is kept. */
export async function preparePicture(file: Blob): Promise<PreparedPicture> {
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(file, { imageOrientation: 'from-image' });
  } catch (cause) {
    const name = file instanceof File ? file.name : 'The picture';
    throw new NearkinError('BAD_PICTURE', `${name} cannot be decoded; is it a picture, and whole?`, { cause });
  }
  try {
    const side = Math.max(bitmap.width, bitmap.height);
    const scaled = side > longestSide;
    const picture = scaled
      ? await draw(bitmap, longestSide / side, 'image/jpeg')
      : new Blob([file], { type: file.type });
    const thumb = await draw(bitmap, Math.min(1, thumbSide / Math.min(bitmap.width, bitmap.height)), 'image/webp');
    return { picture, thumb, scaled };
  } finally {
    bitmap.close();
  }
}

function draw(bitmap: ImageBitmap, scale: number, type: string): Promise<Blob> {
  const canvas = new OffscreenCanvas(
    Math.max(1, Math.round(bitmap.width * scale)),
    Math.max(1, Math.round(bitmap.height * scale)),
  );
  const context = canvas.getContext('2d');
  if (!context) throw new NearkinError('UNSUPPORTED', 'This browser gives no 2d canvas.');
  context.imageSmoothingQuality = 'high';
  if (type === 'image/jpeg') {
    context.fillStyle = '#fff';
    context.fillRect(0, 0, canvas.width, canvas.height);
  }
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return canvas.convertToBlob({ type, quality: 0.92 });
}
