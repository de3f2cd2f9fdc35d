const side = 112;
/** As many pixels as a picture may have to be worth scaling down for a page. */
const pixelLimit = 100_000_000;

/**
 * A small picture as a `data:` URL, upright, over white.
 *
 * @returns undefined where the file is gone or cannot be decoded here; a page can do without
 */
export async function thumbnail(path: string): Promise<string | undefined> {
  const bytes = await smallPicture(path);
  return bytes && pictureUrl(bytes);
}

/** A small picture, WebP, as a `data:` URL. */
export function pictureUrl(bytes: Uint8Array): string {
  return `data:image/webp;base64,${Buffer.from(bytes).toString('base64')}`;
}

/** The same as bytes of a WebP file. */
export async function smallPicture(path: string): Promise<Uint8Array | undefined> {
  try {
    const { default: sharp } = await import('sharp');
    return await sharp(path, { limitInputPixels: pixelLimit })
      .rotate()
      .resize(side, side, { fit: 'inside', withoutEnlargement: true })
      .flatten({ background: '#fff' })
      .webp({ quality: 75 })
      .toBuffer();
  } catch {
    return undefined;
  }
}
