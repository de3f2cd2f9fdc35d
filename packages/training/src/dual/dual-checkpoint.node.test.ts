import '@tensorflow/tfjs-backend-cpu';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { colourPairs } from '../../test/colour-pairs.js';
import { createConvEmbedder } from '../models/conv-embedder.js';
import { createTextEncoder } from '../models/text-encoder.js';
import { fitDualEncoder } from './fit-dual-encoder.js';

let folder: string;
beforeAll(async () => {
  await tf.setBackend('cpu');
  folder = await mkdtemp(join(tmpdir(), 'nearkin-dual-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const pairs = colourPairs(1);
const towers = (dim = 8) => ({
  image: createConvEmbedder({ preprocessing: { width: 8, height: 8 }, layers: [{ channels: 4, stride: 2 }], dim }),
  text: createTextEncoder({ dim, width: 4, hidden: 8, rows: 64 }),
});
const basic = { steps: 12, batchSize: 8, weightAveraging: 0.9, validation: pairs, validateEvery: 5, seed: 3 };

it('goes on where a run was cut off, bit for bit', async () => {
  const whole = await fitDualEncoder(pairs, { ...basic, ...towers() });
  const target = join(folder, 'cut');
  const abort = new AbortController();
  const cut = fitDualEncoder(pairs, {
    ...basic,
    ...towers(),
    checkpoint: { target, every: 3 },
    signal: abort.signal,
    onProgress: ({ step }) => {
      if (step === 7) abort.abort();
    },
  });
  await expect(cut).rejects.toMatchObject({ code: 'ABORTED' });
  const rest = await fitDualEncoder(pairs, { ...basic, ...towers(), checkpoint: { target, every: 3, resume: true } });
  expect(rest.resumedAt).toBe(7);
  expect(rest.history.loss).toEqual(whole.history.loss);
  expect(rest.history.validations.map(({ metrics }) => metrics)).toEqual(
    whole.history.validations.map(({ metrics }) => metrics),
  );
  const [a, b] = [await whole.text.embed(['red left']), await rest.text.embed(['red left'])];
  expect(b.data).toEqual(a.data);
});

it('refuses the checkpoint of other towers or settings', async () => {
  const target = join(folder, 'other');
  await fitDualEncoder(pairs, { ...basic, ...towers(), steps: 2, checkpoint: { target } });
  const checkpoint = { target, resume: true };
  await expect(fitDualEncoder(pairs, { ...basic, ...towers(6), checkpoint })).rejects.toMatchObject({
    code: 'MODEL_MISMATCH',
  });
  await expect(fitDualEncoder(pairs, { ...basic, ...towers(), seed: 4, checkpoint })).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
  });
});
