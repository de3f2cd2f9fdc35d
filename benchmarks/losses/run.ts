import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { NearkinError } from '@nearkin/core';
import { chooseBackend } from '@nearkin/embedders/node';
import { type JudgedMethod, markdownTable, tableRows } from './loss-table.js';
import { learningRates, type Method, methods } from './methods.js';
import { appendRun, findRun, type Run, type RunSettings, readRuns } from './run-file.js';
import { batch, memory, parts, readParts, trainOnce } from './train-once.js';

/**
 * Which loss? The table of `../results/losses.md`, by `pnpm --filter @nearkin/benchmarks losses`. A run that is in
 * `../results/losses.jsonl` is not done again: stop and start as you like. `--steps 20 --out /tmp/x` for a quick look,
 * `--limit 5` to stop after so many new runs.
 */
const { values: flags } = parseArgs({
  args: process.argv.slice(2).filter((arg) => arg !== '--'),
  options: {
    steps: { type: 'string', default: '500' },
    limit: { type: 'string', default: 'Infinity' },
    out: { type: 'string', default: join(import.meta.dirname, '../results') },
  },
});
const steps = Number(flags.steps);
const seeds = [1, 2, 3];
const file = join(flags.out, 'losses.jsonl');
const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
const data = await readParts();
if (!data)
  throw new NearkinError(
    'NOT_FOUND',
    'Expected the Omniglot drawings in the shared data; see benchmarks/losses/README.md.',
  );
await chooseBackend({ force: 'wasm' });

const contestants = [false, true].flatMap((withMemory) =>
  methods.filter(({ takesMemory }) => takesMemory || !withMemory).map((method) => ({ method, withMemory })),
);
const runs = await readRuns(file);
const judged: JudgedMethod[] = [];
let fresh = 0;
for (const { method, withMemory } of contestants) {
  const tries: Run[] = [];
  for (const value of method.values)
    for (const learningRate of learningRates)
      tries.push(await once(method, { withMemory, value, learningRate, seed: 0, judge: 'validation' }));
  const { value, learningRate } = tries.reduce((best, one) => (one.mapAtR > best.mapAtR ? one : best));
  const own: Run[] = [];
  for (const seed of seeds) own.push(await once(method, { withMemory, value, learningRate, seed, judge: 'test' }));
  judged.push({ method: method.name, memory: withMemory, option: method.option, runs: own });
  await writeTable();
}
console.log(markdownTable(tableRows(judged)));

/** Of the methods that are done so far. */
async function writeTable(): Promise<void> {
  const rows = tableRows(judged);
  const facts = {
    machine: `${cpus()[0]?.model}, Node ${process.version}, tfjs on wasm, one thread`,
    commits: [...new Set(judged.flatMap((one) => one.runs.map((run) => run.commit)))],
    steps,
    batch,
    memory,
    characters: parts,
    seeds,
    learningRates,
    secondsOfAllRuns: Math.round(runs.reduce((sum, run) => sum + run.seconds, 0)),
  };
  await writeFile(join(flags.out, 'losses.json'), `${JSON.stringify({ ...facts, rows }, null, 1)}\n`);
  const reading = await readFile(join(import.meta.dirname, 'reading.md'), 'utf8');
  const head = `${facts.machine}; commits ${facts.commits.join(', ')}; ${steps} steps.`;
  await writeFile(join(flags.out, 'losses.md'), `${head}\n\n${markdownTable(rows)}\n\n${reading}`);
}

async function once(
  method: Method,
  run: Pick<RunSettings, 'value' | 'learningRate' | 'seed' | 'judge'> & { withMemory: boolean },
): Promise<Run> {
  const { withMemory, ...rest } = run;
  const settings: RunSettings = { method: method.name, memory: withMemory, steps, ...rest };
  const known = findRun(runs, settings);
  if (known) return known;
  if (fresh++ >= Number(flags.limit)) process.exit(0);
  const found = await trainOnce(data!, { method, steps, ...run });
  const done: Run = { ...settings, ...found, commit };
  await appendRun(file, done);
  runs.push(done);
  const left = `${runs.filter((one) => one.steps === steps).length} of ${contestants.length * (4 + seeds.length)}`;
  console.log(
    `${left}: ${method.name}${withMemory ? ' + memory' : ''}, ${method.option} ${run.value}, rate ${run.learningRate}, seed ${run.seed}: ` +
      `MAP@R ${(100 * found.mapAtR).toFixed(2)} (${run.judge}), ${found.seconds.toFixed(1)} s`,
  );
  return done;
}
