import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { prepareAlbums } from '@nearkin/samples/prepare.mjs';
import type { Plugin } from 'vite';

/** Broad themes of Unicode's emoji, by emojibase's group numbers. */
const themes = ['faces', 'people', '', 'animals', 'food', 'places', 'activities', 'objects', 'symbols'];

/** Packs the sample albums into `public/samples`: a list and one file of pictures for each of the two artists. */
export function sampleFiles(): Plugin {
  return {
    name: 'sample-files',
    async buildStart() {
      const { folder } = await prepareAlbums();
      const out = join(import.meta.dirname, '..', 'public', 'samples');
      await mkdir(out, { recursive: true });
      const data = new URL(
        'node_modules/emojibase-data/en/data.json',
        import.meta.resolve('@nearkin/samples/package.json'),
      );
      const emoji = JSON.parse(await readFile(data, 'utf8')) as { label: string; group?: number }[];
      const themeOf = new Map(emoji.map(({ label, group }) => [label, themes[group ?? 2] ?? '']));
      for (const pack of ['gallery', 'queries']) {
        const labels = (await readdir(join(folder, pack))).sort();
        const pictures = await Promise.all(
          labels.map(async (label) => {
            const [file] = await readdir(join(folder, pack, label));
            return readFile(join(folder, pack, label, file!));
          }),
        );
        const list = labels.map((label, i) => ({ label, theme: themeOf.get(label) ?? '', bytes: pictures[i]!.length }));
        await writeFile(join(out, `${pack}.json`), JSON.stringify(list));
        await writeFile(join(out, `${pack}.bin`), Buffer.concat(pictures));
      }
      await writeFile(join(out, 'ATTRIBUTION.md'), await readFile(join(folder, 'ATTRIBUTION.md')));
    },
  };
}
