import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { additions } from './additions.js';
import { queries } from './against-knn.js';
import { table, useBackend } from './measure.js';
import { nearDuplicates } from './near-duplicates.js';
import { overhead } from './overhead.js';

/** Prints a Markdown table: `pnpm --filter @nearkin/benchmarks retrieval -- --only queries --rounds 5 --out table.md` */
const { values } = parseArgs({
  args: process.argv.slice(2).filter((arg) => arg !== '--'),
  options: { rounds: { type: 'string', default: '21' }, only: { type: 'string' }, out: { type: 'string' } },
});
const rounds = Number(values.rounds);
const parts = {
  queries: () => queries(rounds),
  additions: () => additions(Math.min(rounds, 5)),
  overhead: () => overhead(rounds * 2),
  'near-duplicates': () => nearDuplicates(),
};
const chosen = Object.entries(parts).filter(([name]) => !values.only || values.only.split(',').includes(name));
await useBackend('wasm');
const rows = [];
for (const [, part] of chosen) rows.push(...(await part()));
const text = table(rows);
console.log(text);
if (values.out) await writeFile(values.out, `${text}\n`);
