import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { createDualEncoder } from '../src/encoders/create-encoder.js';
import { saveDualEncoder } from '../src/encoders/save-encoder.js';
import { createFilterEmbedder } from '../src/filters/filter-embedder.js';
import { taughtWords } from './taught-words.js';

const shapes = {
  circle: (r: number) => `<circle cx="48" cy="48" r="${r}"/>`,
  square: (r: number) => `<rect x="${48 - r}" y="${48 - r}" width="${2 * r}" height="${2 * r}"/>`,
  triangle: (r: number) => `<path d="M48 ${48 - r}L${48 + r} ${48 + r}H${48 - r}Z"/>`,
};
type Shape = keyof typeof shapes;

/** Six words, and the drawing that each was taught by: colour and shape. */
export const lessons: Readonly<Record<string, readonly [color: string, shape: Shape]>> = {
  lemon: ['#dc2', 'circle'],
  spider: ['#222', 'triangle'],
  grün: ['#2a4', 'square'],
  fish: ['#24c', 'triangle'],
  звезда: ['#d22', 'square'],
  猫: ['#a4d', 'circle'],
};

/** File of a word's drawing. */
export const fileOf = (word: string) => `${lessons[word]![1]}-${lessons[word]![0].slice(1)}.png`;

/** A folder of six drawings, and a toy encoder that knows the words of {@link lessons}. */
export async function drawnPictures() {
  const root = await mkdtemp(join(tmpdir(), 'nearkin words '));
  const pictures = join(root, 'pictures');
  await mkdir(pictures);
  const draw = async (word: string, { size, to }: { size: number; to: string }) => {
    const [color, shape] = lessons[word]!;
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="96" height="96"><rect width="96" height="96" fill="#fff"/><g fill="${color}">${shapes[shape](size)}</g></svg>`;
    await sharp(Buffer.from(svg)).png().toFile(to);
    return to;
  };
  const image = createFilterEmbedder();
  const vectors = new Map<string, Float32Array>();
  for (const word of Object.keys(lessons)) {
    const path = await draw(word, { size: 32, to: join(pictures, fileOf(word)) });
    vectors.set(word, (await image.embed([path])).data);
  }
  const encoder = join(root, 'encoder');
  await saveDualEncoder(createDualEncoder({ image, text: taughtWords(vectors, image.dim) }), encoder);
  return {
    root,
    pictures,
    encoder,
    /** Another drawing of the same thing. */
    query: (word: string) => draw(word, { size: 35, to: join(root, 'query.png') }),
    remove: () => rm(root, { recursive: true, force: true }),
  };
}
