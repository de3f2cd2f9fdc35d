import '@tensorflow/tfjs-backend-cpu';
import { vectorAt } from '@nearkin/core';
import { scalar, setBackend, type Tensor2D, tensor } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { blobs, linearModel, pairLoss, shuffledSampler, weightsOf } from '../../test/tiny-training.js';
import type { TrainableModel } from '../models/trainable-model.js';
import { adamW } from '../optimizers/adam-w.js';
import { sgd } from '../optimizers/sgd.js';
import { constantRate } from '../schedules/constant-rate.js';
import { fit } from './fit.js';
import type { EmbedData, FitOptions } from './fit-options.js';

beforeAll(async () => {
  await setBackend('cpu');
});

const data = blobs();
const basic: FitOptions = { loss: pairLoss(), sampler: shuffledSampler(data, 16), steps: 20, seed: 3 };

/** Share of the rows whose nearest other row has their label: an independent check that training helped. */
async function nearestAgrees(embed: EmbedData): Promise<number> {
  const { vectors, labels } = await embed(data);
  let right = 0;
  for (let i = 0; i < vectors.count; i++) {
    let best = -1;
    let nearest = -2;
    for (let j = 0; j < vectors.count; j++) {
      if (i === j) continue;
      const s = vectorAt(vectors, i).reduce((sum, value, k) => sum + value * vectorAt(vectors, j)[k]!, 0);
      if (s > nearest) [best, nearest] = [j, s];
    }
    if (labels[best] === labels[i]) right++;
  }
  return right / vectors.count;
}

describe('fit', () => {
  it('makes the loss fall and classes part', async () => {
    const model = linearModel();
    const shares: number[] = [];
    const validate = async (embed: EmbedData) => {
      shares.push(await nearestAgrees(embed));
      return { right: shares.at(-1)! };
    };
    const result = await fit(model, data, {
      ...basic,
      steps: 80,
      optimizer: adamW({ learningRate: 0.05 }),
      validate,
      validateEvery: 40,
    });
    expect(result.reason).toBe('steps');
    expect(result.history.loss).toHaveLength(80);
    const mean = (list: readonly number[]) => list.reduce((a, b) => a + b, 0) / list.length;
    expect(mean(result.history.loss.slice(-5))).toBeLessThan(0.5 * mean(result.history.loss.slice(0, 5)));
    expect(result.history.validations.map(({ step }) => step)).toEqual([40, 80]);
    expect(shares.at(-1)).toBeGreaterThan(0.9);
    model.dispose();
  });

  it('does one step of plain gradient descent as computed by hand', async () => {
    // Loss = sum of the embeddings, which are the inputs times a matrix without normalisation: the gradient of the matrix
    // is the column sums of the inputs, in every column.
    const base = linearModel({ dim: 2 });
    const model: TrainableModel = {
      ...base,
      forward: (inputs) => (inputs as Tensor2D).matMul(base.matrix as unknown as Tensor2D) as Tensor2D,
    };
    const before = await base.matrix.data().then((values) => [...values]);
    const sampler = { name: 'all', batchSize: 3, batchesPerEpoch: 1, epoch: () => [[0, 9, 17]] };
    const { history } = await fit(model, data, {
      loss: { name: 'sum', weights: [], compute: (rows) => rows.sum(), dispose() {} },
      sampler,
      steps: 1,
      optimizer: sgd({ learningRate: 0.1, momentum: 0 }),
      schedule: constantRate(),
      augment: false,
    });
    const batch = await data.batch([0, 9, 17], { augment: false, rng: undefined as never });
    const sums = (await batch.sum(0).data()) as Float32Array;
    const after = await base.matrix.data();
    after.forEach((value, i) => {
      expect(value).toBeCloseTo(before[i]! - 0.1 * sums[Math.floor(i / 2)]!, 5);
    });
    const norm = Math.sqrt(2 * sums.reduce((sum, value) => sum + value * value, 0));
    expect(history.gradientNorm[0]).toBeCloseTo(norm, 4);
    base.dispose();
  });

  it('gives the same weights for the same seed, and others for another', async () => {
    const run = async (seed: number) => {
      const model = linearModel();
      await fit(model, data, { ...basic, seed });
      const weights = await weightsOf(model);
      model.dispose();
      return weights;
    };
    const first = await run(3);
    expect(await run(3)).toEqual(first);
    expect(await run(4)).not.toEqual(first);
  });

  it('clips by the norm of all gradients together', async () => {
    const run = async (gradientClip: number | undefined) => {
      const model = linearModel();
      const before = await weightsOf(model);
      const optimizer = sgd({ learningRate: 1, momentum: 0 });
      const { history } = await fit(model, data, {
        ...basic,
        steps: 1,
        optimizer,
        schedule: constantRate(),
        gradientClip,
      });
      const after = await weightsOf(model);
      model.dispose();
      return { moved: Math.hypot(...after.map((value, i) => value - before[i]!)), norm: history.gradientNorm[0]! };
    };
    const free = await run(undefined);
    expect(free.moved).toBeCloseTo(free.norm, 4);
    const clipped = await run(free.norm / 4);
    expect(clipped.norm).toBeCloseTo(free.norm, 6);
    expect(clipped.moved).toBeCloseTo(free.norm / 4, 4);
    expect((await run(free.norm * 2)).moved).toBeCloseTo(free.moved, 6);
  });

  it('accumulates batches to their mean gradient', async () => {
    // Mean over samples of the first coordinate: the loss of a batch of 16 is the mean of those of two halves.
    const loss: FitOptions['loss'] = {
      name: 'mean',
      weights: [],
      compute: (rows) => rows.slice([0, 0], [-1, 1]).mean(),
      dispose() {},
    };
    const run = async (size: number, accumulate: number) => {
      const model = linearModel();
      const order = Array.from({ length: 16 }, (_, i) => i * 2);
      const batches = Array.from({ length: 16 / size }, (_, i) => order.slice(i * size, (i + 1) * size));
      const sampler = { name: 'fixed', batchSize: size, batchesPerEpoch: batches.length, epoch: () => batches };
      const result = await fit(model, data, { ...basic, loss, sampler, accumulate, augment: false, steps: 5 });
      const weights = await weightsOf(model);
      model.dispose();
      return { weights, losses: result.history.loss, epochs: result.epochs };
    };
    const whole = await run(16, 1);
    const halves = await run(8, 2);
    const tolerance = 1e-5;
    whole.weights.forEach((value, i) => {
      expect(Math.abs(value - halves.weights[i]!)).toBeLessThan(tolerance);
    });
    whole.losses.forEach((value, i) => {
      expect(Math.abs(value - halves.losses[i]!)).toBeLessThan(tolerance);
    });
    expect(halves.epochs).toBe(whole.epochs);
  });

  it('averages weights, validates with the average and ends with it', async () => {
    const model = linearModel();
    const raw: number[][] = [];
    const plain = linearModel();
    await fit(plain, data, { ...basic, steps: 3, onProgress: () => {} });
    let shown: number[] = [];
    const start = await weightsOf(model);
    await fit(model, data, {
      ...basic,
      steps: 3,
      weightAveraging: 0.2,
      onProgress: () => raw.push(model.weights.flatMap(({ variable }) => [...variable.dataSync()])),
      validateEvery: 3,
      validate: async () => {
        shown = await weightsOf(model);
        return {};
      },
    });
    // The raw weights take the same path with and without an average.
    expect(raw[2]).toEqual(await weightsOf(plain));
    let expected = start;
    raw.forEach((values, i) => {
      const d = Math.min(0.2, (2 + i) / (11 + i));
      expected = expected.map((value, k) => d * value + (1 - d) * values[k]!);
    });
    const final = await weightsOf(model);
    expect(final).toEqual(shown);
    final.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i]!, 6);
    });
    model.dispose();
    plain.dispose();
  });

  it('scales the rate of a weight, and leaves biases from decay', async () => {
    const base = linearModel();
    const [matrix, bias] = base.weights;
    bias!.variable.assign(tensor([1, 1, 1]));
    const model: TrainableModel = { ...base, weights: [{ ...matrix!, learningRateScale: 0.5 }, bias!] };
    const before = await weightsOf(model);
    const loss: FitOptions['loss'] = { name: 'none', weights: [], compute: () => scalar(0), dispose() {} };
    const optimizer = adamW({ learningRate: 0.1, weightDecay: 0.5 });
    await fit(model, data, { ...basic, loss, optimizer, schedule: constantRate(), steps: 1 });
    const after = await weightsOf(model);
    const size = base.matrix.size;
    after.slice(0, size).forEach((value, i) => {
      expect(value).toBeCloseTo(before[i]! * (1 - 0.1 * 0.5 * 0.5), 6);
    });
    expect(after.slice(size)).toEqual(before.slice(size));
    base.dispose();
  });

  it('trains the weights of a loss beside those of the model', async () => {
    const model = linearModel();
    const other = linearModel({ dim: 3, seed: 9 });
    const proxies = { name: 'proxies', variable: other.matrix };
    const before = await other.matrix.data().then((values) => [...values]);
    const loss: FitOptions['loss'] = {
      name: 'proxies',
      weights: [proxies],
      compute: (rows) =>
        rows
          .matMul((other.matrix as unknown as Tensor2D).transpose())
          .square()
          .mean(),
      dispose() {},
    };
    await fit(model, data, { ...basic, loss, steps: 2 });
    expect([...(await other.matrix.data())]).not.toEqual(before);
    model.dispose();
    other.dispose();
  });

  it('gives a batch without pairs a zero gradient', async () => {
    const model = linearModel();
    const before = await weightsOf(model);
    const loss: FitOptions['loss'] = { name: 'none', weights: [], compute: () => scalar(0), dispose() {} };
    await fit(model, data, { ...basic, loss, optimizer: sgd(), steps: 3 });
    expect(await weightsOf(model)).toEqual(before);
    model.dispose();
  });
});
