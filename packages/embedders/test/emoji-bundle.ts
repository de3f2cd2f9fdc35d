import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createDualEncoder } from '../src/create-encoder.js';
import { createFilterEmbedder } from '../src/filter-embedder.js';
import { saveDualEncoder } from '../src/save-encoder.js';
import { taughtWords } from './taught-words.js';

const prepareAlbums = join(import.meta.dirname, '../../../samples/prepare.mjs');

/** Six words, and the emoji that each was taught by. */
export const lessons = {
  lemon: 'lemon',
  spider: 'spider',
  grün: 'green circle',
  fish: 'fish',
  звезда: 'star-struck',
  猫: 'pouting cat',
} as const;

/** A folder of emoji by one artist, and a toy encoder that knows the words of {@link lessons}. */
export async function emojiAndWords() {
  const root = await mkdtemp(join(tmpdir(), 'nearkin words '));
  await promisify(execFile)(process.execPath, [prepareAlbums, join(root, 'samples')]);
  const pictures = join(root, 'pictures');
  const image = createFilterEmbedder();
  const vectors = new Map<string, Float32Array>();
  for (const [word, label] of Object.entries(lessons)) {
    const folder = join(root, 'samples', 'gallery', label);
    await cp(folder, join(pictures, label), { recursive: true });
    vectors.set(word, (await image.embed([join(folder, 'noto.png')])).data);
  }
  const encoder = join(root, 'encoder');
  await saveDualEncoder(createDualEncoder({ image, text: taughtWords(vectors, image.dim) }), encoder);
  return {
    root,
    pictures,
    encoder,
    query: (label: string) => join(root, 'samples', 'queries', label, 'twemoji.png'),
    remove: () => rm(root, { recursive: true, force: true }),
  };
}
