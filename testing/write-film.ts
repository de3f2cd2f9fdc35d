import { writeFile } from 'node:fs/promises';
import sharp from 'sharp';

/** Writes a film of one picture for a fake camera, one JPEG after another, and gives its path. */
export async function writeFilm(path: string, picture: string): Promise<string> {
  const frame = await sharp(picture)
    .resize(480, 480)
    .extend({ left: 80, right: 80, background: '#fff' })
    .jpeg({ quality: 95 })
    .toBuffer();
  await writeFile(path, Buffer.concat(Array.from({ length: 30 }, () => frame)));
  return path;
}
