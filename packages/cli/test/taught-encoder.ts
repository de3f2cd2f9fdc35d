import { join } from 'node:path';
import { createDualEncoder, createFilterEmbedder, saveDualEncoder } from '@nearkin/embedders';
import { taughtWords } from '../../embedders/test/taught-words.js';
import { labels } from './draw-albums.js';

/** A word for each label; no two have a part in common. */
export const word = (label: string) => String.fromCharCode(97 + labels.indexOf(label)).repeat(4);

/**
 * Saves an encoder whose words lie where each label's picture `32.png` lies.
 *
 * @param folder where to
 * @param albums as `drawAlbums` drew them
 */
export async function saveTaughtEncoder(folder: string, albums: string): Promise<string> {
  const image = createFilterEmbedder();
  const middle = await image.embed(labels.map((label) => join(albums, label, '32.png')));
  const lessons = new Map(
    labels.map((label, i) => [word(label), middle.data.subarray(i * image.dim, (i + 1) * image.dim)]),
  );
  await saveDualEncoder(createDualEncoder({ image, text: taughtWords(lessons, image.dim) }), folder);
  return folder;
}
