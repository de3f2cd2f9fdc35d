/**
 * Exact retrieval at scale.
 *
 *   pnpm evaluation                  20,000 x 20,000 x 128 in turns with a plain loop and tfjs; memory of 20,000 x 512
 *   pnpm evaluation --full           100,000 x 100,000 x 128; memory of 60,000 x 512
 *   pnpm evaluation --only speed     or memory
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { compareSpeed } from './compare-speed.js';
import { measureMemory } from './measure-memory.js';

const { values } = parseArgs({ options: { full: { type: 'boolean', default: false }, only: { type: 'string' } } });
const { full, only } = values;

if (only === 'speed') await compareSpeed({ count: full ? 100_000 : 20_000, dim: 128, k: 10 });
else if (only === 'memory') await measureMemory({ count: full ? 60_000 : 20_000, dim: 512, k: 1000 });
// A process each, for the peak of memory is that of a whole process.
else
  for (const part of ['speed', 'memory']) {
    const again = [...process.execArgv, fileURLToPath(import.meta.url), ...(full ? ['--full'] : []), '--only', part];
    const { status } = spawnSync(process.execPath, again, { stdio: 'inherit' });
    if (status !== 0) process.exitCode = 1;
  }
