/**
 * Exact retrieval at scale.
 *
 *   pnpm evaluation                  some queries against 100,000 x 128 in turns with a plain loop and tfjs;
 *                                    memory of 20,000 x 512 (two minutes or so)
 *   pnpm evaluation --full           then all 100,000 queries with ours; memory of 60,000 x 512
 *   pnpm evaluation --only speed     or memory
 *   pnpm evaluation --out FILE       the tables as Markdown, with machine and commit
 */
import { spawnSync } from 'node:child_process';
import { appendFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { provenance } from '../ann/measure/machine.js';
import { compareSpeed } from './compare-speed.js';
import { measureMemory } from './measure-memory.js';

const { values } = parseArgs({
  options: { full: { type: 'boolean', default: false }, only: { type: 'string' }, out: { type: 'string' } },
});
const { full, only, out } = values;

if (only === 'speed') report(await compareSpeed({ count: 100_000, dim: 128, k: 10, all: full }));
else if (only === 'memory') report(await measureMemory({ count: full ? 60_000 : 20_000, dim: 512, k: 1000 }));
else {
  if (out) writeFileSync(out, `# Exact retrieval\n\n${origin()}\n`);
  // A process each, for the peak of memory is that of a whole process.
  for (const part of ['speed', 'memory']) {
    const options = [...(full ? ['--full'] : []), ...(out ? ['--out', out] : []), '--only', part];
    const again = [...process.execArgv, fileURLToPath(import.meta.url), ...options];
    const { status } = spawnSync(process.execPath, again, { stdio: 'inherit' });
    if (status !== 0) process.exitCode = 1;
  }
}

function report(markdown: string): void {
  console.log(`${markdown}\n`);
  if (out) appendFileSync(out, `\n${markdown}\n`);
}

function origin(): string {
  const { cpu, cores, memoryGB, node, commit, changedSince, date, command } = provenance(
    full ? 'pnpm evaluation --full' : 'pnpm evaluation',
  );
  const later = changedSince ? ' with later changes' : '';
  return `${cpu}, ${cores} cores, ${memoryGB} GB, Node ${node}; commit ${commit}${later}; ${date} UTC; \`${command}\``;
}
