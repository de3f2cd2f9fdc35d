// Trains the nets of the recipe side by side, joins them, measures the result and writes bundle, log, curve and metrics.
import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { NearkinError } from '@nearkin/core';
import { chooseBackend } from '@nearkin/embedders/node';
import { joinEmbedders, saveEmbedder, toEmbedder } from '@nearkin/training';
import { drawCurve } from './curve.js';
import { readDrawings, selectDrawings } from './drawings.js';
import { figuresOf } from './few-shot.js';
import { recipe, validationCharacters } from './recipe.js';
import { readTower } from './tower-file.js';

const { values } = parseArgs({
  options: {
    /** The background characters; see README.md. */
    data: {
      type: 'string',
      default: resolve(import.meta.dirname, '../../../shared/data/omniglot/background-28.u8.gz'),
    },
    /** Where everything is written. */
    run: { type: 'string', default: resolve(import.meta.dirname, 'run') },
    /** Also learn the validation characters: there is no validation then. */
    all: { type: 'boolean', default: false },
    steps: { type: 'string', default: String(recipe.steps) },
    /** On a machine that is too slow for all steps, the schedule follows the clock and ends in time. */
    minutes: { type: 'string', default: '60' },
    resume: { type: 'boolean', default: false },
  },
});
const drawings = await readDrawings(values.data);
const characters = values.all ? drawings.characters : drawings.characters - validationCharacters;
await mkdir(values.run, { recursive: true });

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
const started = performance.now();
await Promise.all(recipe.seeds.map(trainTower));
const minutes = Math.round((performance.now() - started) / 6000) / 10;

await chooseBackend({ force: 'wasm' });
const unseen = selectDrawings(drawings, drawings.characters - validationCharacters, drawings.characters);
const nets = await Promise.all(recipe.seeds.map((seed) => readTower(join(values.run, `tower-${seed}.safetensors`))));
const figures: Record<string, unknown> = {};
for (const [i, seed] of recipe.seeds.entries()) {
  using single = await toEmbedder(nets[i]!);
  figures[`seed ${seed} alone`] = await figuresOf(single, unseen);
}
const joined = joinEmbedders(nets);
using exact = await toEmbedder(joined);
figures['joined, float32'] = await figuresOf(exact, unseen);
using small = await toEmbedder(joined, { quantize: 'uint8' });
figures['joined, uint8'] = await figuresOf(small, unseen);
await saveEmbedder(small, join(values.run, 'embedder'));

const logs = await Promise.all(recipe.seeds.map((seed) => readFile(join(values.run, `tower-${seed}.jsonl`), 'utf8')));
const metrics = {
  embedder: { id: small.id, dim: small.dim },
  trainedOn: `characters 0 to ${characters - 1}`,
  measuredOn: `characters ${drawings.characters - validationCharacters} to ${drawings.characters - 1}${values.all ? ', which were trained on' : ', unseen'}`,
  nets: logs.map((log) => JSON.parse(log.trim().split('\n').at(-1)!)),
  minutes,
  processor: `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`,
  figures,
};
await writeFile(join(values.run, 'metrics.json'), `${JSON.stringify(metrics, null, 2)}\n`);
await writeFile(join(values.run, 'curve.svg'), drawCurve(logs));
console.log(JSON.stringify(metrics, null, 2));
process.exit();

/** A process of its own for each net; its lines go to the log and to the terminal. */
function trainTower(seed: number): Promise<void> {
  const args = ['--data', values.data, '--characters', String(characters), '--seed', String(seed)];
  args.push(
    '--steps',
    values.steps,
    '--minutes',
    values.minutes,
    '--run',
    values.run,
    ...(values.resume ? ['--resume'] : []),
  );
  const script = join(import.meta.dirname, 'train-tower.ts');
  const child = spawn(process.execPath, [...process.execArgv, script, ...args], {
    cwd: import.meta.dirname,
    stdio: ['ignore', 'pipe', 'inherit'],
    // Linux shares the processor among sessions: in one session the nets would take turns in one share.
    detached: true,
  });
  const end = () => child.kill();
  process.on('exit', end);
  const log = createWriteStream(join(values.run, `tower-${seed}.jsonl`), { flags: values.resume ? 'a' : 'w' });
  child.stdout.pipe(log);
  child.stdout.pipe(process.stdout, { end: false });
  return new Promise((done, fail) => {
    child.on('error', fail);
    child.on('exit', (code) => {
      process.off('exit', end);
      if (code === 0) log.end(done);
      else fail(new NearkinError('WORKER_FAILED', `The process of the net of seed ${seed} ended with code ${code}.`));
    });
  });
}
