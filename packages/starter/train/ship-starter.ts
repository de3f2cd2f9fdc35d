// Makes weights/ and src/weight-files.ts of a finished run.
//   pnpm run ship --run RUN/weights-final.safetensors --data FOLDER
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createPicture, writeBundle } from '@nearkin/core';
import { encoderFiles } from '@nearkin/embedders';
import { loadEmojiData } from './emoji-data.js';
import { encoderOfRun, startBackend } from './open-run.js';
import { starterLayers } from './starter-layers.js';

const { values: flags } = parseArgs({
  options: {
    run: { type: 'string' },
    data: { type: 'string', default: '../../../shared/data/emoji' },
    layers: { type: 'string', default: starterLayers },
  },
});
const folder = join(import.meta.dirname, '..');
await startBackend();
const encoder = await encoderOfRun(flags.run!, await loadEmojiData(flags.data), { layers: flags.layers });
const files = encoderFiles(encoder);
await rm(join(folder, 'weights'), { recursive: true, force: true });
await writeBundle(join(folder, 'weights'), files, 'model.json');
// Each file is a literal of its own: that is what bundlers look for.
const entries = (await readdir(join(folder, 'weights')))
  .sort()
  .map((name) => `  '${name}': new URL('../weights/${name}', import.meta.url),`);
await writeFile(
  join(folder, 'src/weight-files.ts'),
  `/** Written by train/ship-starter.ts: where the weights are, in a form that bundlers understand. */
export const weightFiles: Readonly<Record<string, URL>> = {
${entries.join('\n')}
};
`,
);
await writeFile(join(folder, 'test/golden.json'), `${JSON.stringify(await golden())}\n`);
const bytes = [...files.values()].reduce((sum, file) => sum + file.length, 0);
console.log(JSON.stringify({ id: encoder.id, bytes, files: [...files].map(([name, file]) => [name, file.length]) }));
process.exit();

/** Answers of the shipped weights, for a test that every host gives them. */
async function golden() {
  const texts = ['a cat with heart eyes', 'roter Kreis', '笑い', 'गुलाब', 'слон'];
  const { data, dim } = await encoder.text.embed(texts);
  const disc = new Uint8Array(64 * 64 * 4);
  for (let p = 0; p < 64 * 64; p++)
    if (Math.hypot((p % 64) - 32, Math.floor(p / 64) - 32) < 28) disc.set([220, 40, 50, 255], p * 4);
  const picture = createPicture({ data: disc, width: 64, height: 64, channels: 4 });
  const short = (row: Float32Array) => Array.from(row, (value) => Number(value.toPrecision(8)));
  return {
    id: encoder.id,
    texts,
    textRows: texts.map((_, i) => short(data.subarray(i * dim, (i + 1) * dim))),
    discRow: short((await encoder.image.embed([picture])).data),
  };
}
