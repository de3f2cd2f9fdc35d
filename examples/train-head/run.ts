import '@tensorflow/tfjs-backend-wasm';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chooseBackend } from '@nearkin/embedders/node';
import { type Comparison, compare } from './compare.js';
import { groceryFeatures } from './grocery-features.js';

// Five random halves, all of them reported. The argument is the folder of features.
const [folder = join(import.meta.dirname, '../../../shared/data/features')] = process.argv.slice(2);
await chooseBackend();
const gallery = await groceryFeatures(folder);
const results: Comparison[] = [];
for (const seed of [0, 1, 2, 3, 4]) {
  const result = await compare(gallery, { seed });
  results.push(result);
  process.stdout.write(`${JSON.stringify(result)}\n`);
  await writeFile(join(import.meta.dirname, 'results', 'splits.json'), `${JSON.stringify(results, null, 2)}\n`);
}
