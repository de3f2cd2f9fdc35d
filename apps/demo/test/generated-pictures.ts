import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';

const side = 40;

/** A shape on a ground, each number its own: place, size, colours and kind of shape differ. */
function draw(n: number): Buffer {
  const pixels = Buffer.alloc(side * side * 3);
  const colour = (h: number, l: number) =>
    [0, 2, 4].map((k) => Math.round(255 * l * (0.55 + 0.45 * Math.cos(2 * Math.PI * (h + k / 6)))));
  const ground = colour(n * 0.618, 0.95);
  const ink = colour(n * 0.618 + 0.35 + (n % 7) / 20, 0.6);
  const [x0, y0, r] = [8 + ((n * 7) % 24), 8 + ((n * 13) % 24), 5 + ((n * 5) % 11)];
  const inside = [
    (x: number, y: number) => (x - x0) ** 2 + (y - y0) ** 2 < r * r,
    (x: number, y: number) => Math.abs(x - x0) < r && Math.abs(y - y0) < r,
    (x: number, y: number) => Math.abs(x - x0) + Math.abs(y - y0) < r,
    (x: number, y: number) => Math.abs(y - y0) < r / 2 || Math.abs(x - x0) < 2,
  ][n % 4]!;
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++)
      (inside(x, y) ? ink : ground).forEach((value, k) => {
        pixels[(y * side + x) * 3 + k] = value;
      });
  return pixels;
}

/** Writes pictures `0000.png`, `0001.png`, … of which no two are the same. */
export async function generatePictures(folder: string, count: number): Promise<(n: number) => string> {
  const path = (n: number) => join(folder, `${String(n).padStart(4, '0')}.png`);
  await mkdir(folder, { recursive: true });
  for (let from = 0; from < count; from += 50)
    await Promise.all(
      Array.from({ length: Math.min(50, count - from) }, async (_, i) => {
        const raw = { width: side, height: side, channels: 3 } as const;
        const png = sharp(draw(from + i), { raw }).png({ compressionLevel: 3 });
        await writeFile(path(from + i), await png.toBuffer());
      }),
    );
  return path;
}
