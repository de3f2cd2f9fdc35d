// Writes a picture of what augmentation makes of drawings: node … preview.ts [DATA] [FILE]. Each row is one drawing, as the net
// sees it unvaried and then in eleven variations.
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createRng } from '@nearkin/core';
import { createAugmentation, pixelData } from '@nearkin/training';
import '@tensorflow/tfjs-backend-cpu';
import { setBackend } from '@tensorflow/tfjs';
import { PNG } from 'pngjs';
import { drawers, readDrawings, selectDrawings, side, turnedDrawings } from './drawings.js';
import { augmentation, preprocessing } from './recipe.js';

const [data = '../../../shared/data/omniglot/background-28.u8.gz', file = 'results/augmentation.png'] =
  process.argv.slice(2);
const rows = 6;
const columns = 12;
const cell = side + 2;

await setBackend('cpu');
const drawings = selectDrawings(await readDrawings(resolve(data)), 0, rows);
const pictures = pixelData(turnedDrawings(drawings), { preprocessing, augmentation: createAugmentation(augmentation) });
const png = new PNG({ width: columns * cell, height: rows * cell, colorType: 0 });
for (let row = 0; row < rows; row++) {
  const sample = row * drawers * 4;
  const still = await pictures.batch([sample], { augment: false, rng: createRng(0) });
  const varied = await pictures.batch(new Array(columns - 1).fill(sample), { augment: true, rng: createRng(row) });
  const values = [...still.dataSync(), ...varied.dataSync()];
  const [mean, std] = [preprocessing.mean[0], preprocessing.std[0]];
  for (const [i, value] of values.entries()) {
    const column = Math.floor(i / (side * side));
    const x = column * cell + (i % side);
    const y = row * cell + Math.floor((i % (side * side)) / side);
    png.data.fill(Math.round(value * std + mean), 4 * (y * png.width + x), 4 * (y * png.width + x) + 3);
    png.data[4 * (y * png.width + x) + 3] = 255;
  }
}
await writeFile(resolve(file), PNG.sync.write(png, { colorType: 0 }));
process.exit();
