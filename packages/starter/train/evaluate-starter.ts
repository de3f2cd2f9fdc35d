// Measures the shipped starter, side by side with MobileNetV2, on drawings and emoji that it was not trained on.
//   pnpm run evaluate --data FOLDER [--mobilenet FOLDER] [--run FILE --layers …]
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { loadImageEmbedder } from '@nearkin/embedders';
import { loadEmojiData } from './emoji-data.js';
import { drawingRows, oneShot, textToDrawing } from './measure.js';
import { encoderOfRun, startBackend } from './open-run.js';
import { starterLayers } from './starter-layers.js';

const { values: flags } = parseArgs({
  options: {
    data: { type: 'string', default: '../../../shared/data/emoji' },
    mobilenet: { type: 'string' },
    /** Weights of a run instead of those that are shipped. */
    run: { type: 'string' },
    layers: { type: 'string', default: starterLayers },
    /** Leaves the weights of --run as they were trained: four bytes a number. */
    float32: { type: 'boolean', default: false },
    out: { type: 'string' },
  },
});

await startBackend();
const data = await loadEmojiData(flags.data);
const encoder = flags.run
  ? await encoderOfRun(flags.run, data, { layers: flags.layers, quantize: !flags.float32 })
  : await (await import('../src/index.js')).loadStarter();
const all = data.emoji.map((_, i) => i);
const trained = all.filter((i) => !data.heldOut[i]);
const heldOut = all.filter((i) => data.heldOut[i]);

const rows = Object.fromEntries(
  await Promise.all(
    ['noto', 'twemoji', 'openmoji'].map(
      async (vendor) => [vendor, await drawingRows(encoder.image, data, vendor)] as const,
    ),
  ),
);
const text = (vendor: string, queries: readonly number[], gallery: readonly number[]) =>
  textToDrawing(encoder.text, rows[vendor]!, { data, queries, gallery });
const figures: Record<string, unknown> = {
  encoder: encoder.id,
  trained: trained.length,
  heldOut: heldOut.length,
  textToOpenMoji: {
    'trained emoji among all': await text('openmoji', trained, all),
    'all emoji among all': await text('openmoji', all, all),
    'held-out emoji among themselves': await text('openmoji', heldOut, heldOut),
    'held-out emoji among all': await text('openmoji', heldOut, all),
  },
  textToTwemoji: {
    'trained emoji among all': await text('twemoji', trained, all),
    'held-out emoji among themselves': await text('twemoji', heldOut, heldOut),
  },
  oneShotHeldOut: {
    starter: {
      'noto to twemoji': oneShot(rows['noto']!, rows['twemoji']!, heldOut),
      'noto to openmoji': oneShot(rows['noto']!, rows['openmoji']!, heldOut),
    },
  },
};
if (flags.mobilenet) {
  const mobilenet = await loadImageEmbedder(flags.mobilenet);
  const held = { ...data, drawings: async (vendor: string) => pick(await data.drawings(vendor)) };
  const [noto, twemoji, openmoji] = [
    await drawingRows(mobilenet, held, 'noto'),
    await drawingRows(mobilenet, held, 'twemoji'),
    await drawingRows(mobilenet, held, 'openmoji'),
  ];
  Object.assign(figures['oneShotHeldOut'] as object, {
    'MobileNetV2 1.0/224': {
      'noto to twemoji': oneShot(noto, twemoji, heldOut),
      'noto to openmoji': oneShot(noto, openmoji, heldOut),
    },
  });
}
const json = JSON.stringify(figures, (_, value) => (typeof value === 'number' ? Number(value.toFixed(2)) : value), 2);
console.log(json);
if (flags.out) await writeFile(flags.out, `${json}\n`);
process.exit();

function pick<T>(drawings: ReadonlyMap<number, T>): Map<number, T> {
  return new Map([...drawings].filter(([i]) => data.heldOut[i]));
}
