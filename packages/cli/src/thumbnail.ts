const side = 112;
/** As many pixels as a picture may have to be worth scaling down for a page. */
const pixelLimit = 100_000_000;

/**
 * A small picture as a `data:` URL, upright, over white.
 *
 * @returns undefined where the file is gone or cannot be decoded here; a page can do without
 */
export async function thumbnail(path: string): Promise<string | undefined> {
  try {
    const { default: sharp } = await import('sharp');
    const bytes = await sharp(path, { limitInputPixels: pixelLimit })
      .rotate()
      .resize(side, side, { fit: 'inside', withoutEnlargement: true })
      .flatten({ background: '#fff' })
      .webp({ quality: 75 })
      .toBuffer();
    return `data:image/webp;base64,${bytes.toString('base64')}`;
  } catch {
    return undefined;
  }
}
