import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { chooseBackend } from '@nearkin/embedders/node';
import { kernels } from './kernels.js';
import { soak } from './soak.js';
import { plain, speed } from './speed.js';

/**
 * How fast nets learn, and whether memory stays flat, as Markdown:
 * `pnpm --filter @nearkin/benchmarks training -- --only speed --rounds 7 --steps 1000`
 */
const { values } = parseArgs({
  args: process.argv.slice(2).filter((arg) => arg !== '--'),
  options: {
    rounds: { type: 'string', default: '7' },
    steps: { type: 'string', default: '1000' },
    only: { type: 'string', default: 'speed,plain,soak' },
  },
});
const parts = {
  speed: () => speed(Number(values.rounds)),
  plain,
  soak: () => soak(Number(values.steps)),
  kernels: () => kernels(Number(values.rounds)),
};
await chooseBackend({ force: 'cpu' });
await chooseBackend({ force: 'wasm' });
const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
console.log(
  `${cpus()[0]?.model}, ${availableParallelism()} cores, Node ${process.version}; commit ${commit}. NT-Xent and AdamW, tfjs on wasm.\n`,
);
for (const [name, part] of Object.entries(parts)) if (values.only.split(',').includes(name)) await part();
