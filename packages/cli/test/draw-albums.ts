import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';

const shapes = {
  circle: (r: number) => `<circle cx="48" cy="48" r="${r}"/>`,
  square: (r: number) => `<rect x="${48 - r}" y="${48 - r}" width="${2 * r}" height="${2 * r}"/>`,
  triangle: (r: number) => `<path d="M48 ${48 - r}L${48 + r} ${48 + r}H${48 - r}Z"/>`,
  bars: (r: number) => `<path d="M${48 - r} 30h${2 * r}v8H${48 - r}zM${48 - r} 58h${2 * r}v8H${48 - r}z"/>`,
};
const colors = { red: '#d22', green: '#2a4', blue: '#24c', yellow: '#dc2' };

/** `red circle`, `green square`, …: all 16 of them. */
export const labels = Object.keys(colors).flatMap((color) => Object.keys(shapes).map((shape) => `${color} ${shape}`));

/** A picture of a coloured shape; `size` from 20 to 44 tells pictures of one class apart. */
export async function drawShape(label: string, size: number): Promise<Buffer> {
  const [color, shape] = label.split(' ') as [keyof typeof colors, keyof typeof shapes];
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="96" height="96"><rect width="96" height="96" fill="#fff"/><g fill="${colors[color]}">${shapes[shape](size)}</g></svg>`;
  return sharp(Buffer.from(svg)).png().toBuffer();
}

/** Writes `folder/LABEL/SIZE.png` for each of the labels and sizes. */
export async function drawAlbums(
  folder: string,
  options: { readonly labels?: readonly string[]; readonly sizes: readonly number[] },
): Promise<string> {
  for (const label of options.labels ?? labels) {
    await mkdir(join(folder, label), { recursive: true });
    for (const size of options.sizes)
      await sharp(await drawShape(label, size)).toFile(join(folder, label, `${size}.png`));
  }
  return folder;
}
