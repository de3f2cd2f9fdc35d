import '@tensorflow/tfjs-backend-cpu';
import { createRng } from '@nearkin/core';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { openTrainingWeights } from '../fit/training-weights.js';
import { clipLoss } from '../losses/clip-loss.js';
import { createProjectionHead } from '../models/projection-head.js';
import { createTextEncoder } from '../models/text-encoder.js';
import { sgd } from '../optimizers/sgd.js';
import { dualGradients } from './dual-gradients.js';
import { textTower } from './text-tower.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const texts = ['one', 'two', 'three', 'four', 'five', 'six', 'seven'];

/** Gradients of all weights, and the table after a step, of a batch cut into chunks of a size. */
async function gradients(chunkSize: number) {
  const head = createProjectionHead({ inputDim: 5, dim: 4, dropout: 0, seed: 1 });
  const encoder = createTextEncoder({ dim: 4, width: 3, hidden: 6, rows: 50, seed: 2 });
  const loss = clipLoss({ logScale: 1 });
  const weights = await openTrainingWeights([...head.weights, ...encoder.weights, ...loss.weights], sgd());
  const text = textTower(encoder, { featureDropout: 0 });
  const prepared = await text.prepare(texts, {});
  const rng = createRng(9);
  const pictures = Float32Array.from({ length: 7 * 5 }, () => rng.normal());
  const starts = Array.from({ length: Math.ceil(7 / chunkSize) }, (_, i) => i * chunkSize);
  const images = starts.map((from) => {
    const data = pictures.slice(from * 5, (from + chunkSize) * 5);
    return { tower: { model: head }, batch: { inputs: tf.tensor2d(data, [data.length / 5, 5]) }, seed: 0 };
  });
  const chunks = await Promise.all(
    starts.map(async (from) => {
      const samples = texts.map((_, i) => i).slice(from, from + chunkSize);
      return { tower: text, batch: await prepared.batch(samples, { augment: true, rng }), seed: 0 };
    }),
  );
  const step = await dualGradients({ images, texts: chunks, loss, matches: {}, weights });
  step.learn(1);
  const result = {
    loss: step.loss,
    allFinite: step.allFinite,
    gradients: weights.list.map(({ gradient }) => [...gradient]),
    table: [...encoder.table.values],
  };
  for (const thing of [head, encoder, loss]) thing.dispose();
  return result;
}

describe('dualGradients', () => {
  it('of a batch in chunks are those of the whole batch', async () => {
    const before = tf.memory().numTensors;
    const whole = await gradients(7);
    const start = createTextEncoder({ dim: 4, width: 3, hidden: 6, rows: 50, seed: 2 });
    expect(whole.table).not.toEqual([...start.table.values]);
    start.dispose();
    expect(whole.allFinite).toBe(true);
    for (const chunkSize of [3, 1]) {
      const parts = await gradients(chunkSize);
      expect(parts.loss).toBeCloseTo(whole.loss, 5);
      whole.table.forEach((value, i) => {
        expect(parts.table[i]).toBeCloseTo(value, 4);
      });
      whole.gradients.forEach((gradient, w) => {
        expect(gradient.some((value) => Math.abs(value) > 1e-4)).toBe(true);
        gradient.forEach((value, i) => {
          expect(parts.gradients[w]![i]).toBeCloseTo(value, 5);
        });
      });
    }
    expect(tf.memory().numTensors).toBe(before);
  });
});
