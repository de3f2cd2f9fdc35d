import '@tensorflow/tfjs-backend-wasm';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chooseBackend } from '@nearkin/embedders/node';
import { type Comparison, compare } from './compare.js';
import { groceryFeatures } from './grocery-features.js';

/**
 * Five random halves, all of them reported. Splits that are in `results/splits.json` are not done again: delete it to start
 * anew. `--limit 1` stops after so many.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { limit: { type: 'string', default: 'Infinity' } },
});
const [folder = join(import.meta.dirname, '../../../shared/data/features')] = positionals;
const file = join(import.meta.dirname, 'results', 'splits.json');
const results: Comparison[] = JSON.parse(await readFile(file, 'utf8').catch(() => '[]'));
const missing = [0, 1, 2, 3, 4].filter((seed) => !results.some((result) => result.seed === seed));
await chooseBackend();
const gallery = await groceryFeatures(folder);
for (const seed of missing.slice(0, Number(values.limit))) {
  const result = await compare(gallery, { seed });
  results.push(result);
  process.stdout.write(`${JSON.stringify(result)}\n`);
  await writeFile(file, `${JSON.stringify(results, null, 2)}\n`);
}
