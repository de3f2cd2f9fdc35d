import { parseArgs } from 'node:util';
import { additions, queries } from './against-knn.js';
import { table, useWasm } from './measure.js';
import { nearDuplicates } from './near-duplicates.js';
import { overhead } from './overhead.js';

const parts = {
  queries: () => queries(rounds),
  additions: () => additions(Math.min(rounds, 3)),
  overhead: () => overhead(rounds * 3),
  'near-duplicates': () => nearDuplicates(),
};
const { values } = parseArgs({ options: { rounds: { type: 'string', default: '21' }, only: { type: 'string' } } });
const rounds = Number(values.rounds);

/** Prints a Markdown table: `pnpm --filter @nearkin/benchmarks retrieval -- --only queries --rounds 5` */
await useWasm();
const chosen = Object.entries(parts).filter(([name]) => !values.only || values.only.split(',').includes(name));
const rows = [];
for (const [, part] of chosen) rows.push(...(await part()));
console.log(table(rows));
