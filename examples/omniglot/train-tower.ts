// Trains one net in a process of its own; train.ts starts it. Prints a line of JSON now and then.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chooseBackend } from '@nearkin/embedders/node';
import type { FitProgress } from '@nearkin/training';
import { env } from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { readDrawings, selectDrawings } from './drawings.js';
import { writeTower } from './tower-file.js';
import { trainNet } from './train-net.js';

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    characters: { type: 'string' },
    seed: { type: 'string' },
    steps: { type: 'string' },
    minutes: { type: 'string' },
    run: { type: 'string' },
    resume: { type: 'boolean', default: false },
  },
});
const seed = Number(values.seed);
const steps = Number(values.steps);
const characters = Number(values.characters);

// One thread for each net: two nets side by side fill two cores better than one net with two threads.
env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
await chooseBackend({ force: 'wasm' });

const drawings = await readDrawings(values.data!);
const unseen = selectDrawings(drawings, characters, drawings.characters);
const { model, result } = await trainNet(selectDrawings(drawings, 0, characters), {
  seed,
  steps,
  maxSeconds: Number(values.minutes) * 60,
  checkpoint: { target: join(values.run!, `tower-${seed}`), every: steps, everySeconds: 120, resume: values.resume },
  unseen: unseen.characters > 0 ? unseen : undefined,
  validateEvery: 400,
  onProgress: report,
});
await writeTower(join(values.run!, `tower-${seed}.safetensors`), model);
say({ step: result.steps, done: result.reason, seconds: round(result.seconds, 1) });

function report({ step, loss, learningRate, imagesPerSecond, secondsLeft, metrics, collapse }: FitProgress): void {
  if (!metrics && step % 50 !== 0) return;
  say({
    step,
    loss: round(loss, 4),
    learningRate: round(learningRate, 6),
    imagesPerSecond: Math.round(imagesPerSecond),
    secondsLeft: Math.round(secondsLeft ?? 0),
    ...(metrics ? { validation: metrics } : {}),
    ...(collapse ? { effectiveRank: round(collapse.effectiveRank, 1) } : {}),
  });
}

function say(line: object): void {
  console.log(JSON.stringify({ tower: seed, ...line }));
}

function round(value: number, digits: number): number {
  return Math.round(value * 10 ** digits) / 10 ** digits;
}
