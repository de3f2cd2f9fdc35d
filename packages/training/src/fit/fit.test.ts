import '@tensorflow/tfjs-backend-cpu';
import { NearkinError, vectorAt } from '@nearkin/core';
import { memory, scalar, setBackend, type Tensor2D, tensor } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { blobs, linearModel, pairLoss, shuffledSampler } from '../../test/tiny-training.js';
import type { TrainableModel } from '../models/trainable-model.js';
import { adamW } from '../optimizers/adam-w.js';
import { sgd } from '../optimizers/sgd.js';
import { constantRate } from '../schedules/constant-rate.js';
import { fit } from './fit.js';
import type { EmbedData, FitOptions, FitProgress } from './fit-options.js';

beforeAll(async () => {
  await setBackend('cpu');
});

const data = blobs();
const basic: FitOptions = { loss: pairLoss(), sampler: shuffledSampler(data, 16), steps: 20, seed: 3 };

async function weightsOf(model: TrainableModel): Promise<number[]> {
  const all = await Promise.all(model.weights.map(({ variable }) => variable.data()));
  return all.flatMap((values) => [...values]);
}

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

  it('stops early and keeps the weights of the best validation', async () => {
    const model = linearModel();
    const values = [0.5, 0.9, 0.7, Number.NaN, 0.8, 0.95];
    const seen: number[][] = [];
    const result = await fit(model, data, {
      ...basic,
      steps: 100,
      validateEvery: 2,
      validate: async () => {
        seen.push(await weightsOf(model));
        return { score: values[seen.length - 1]! };
      },
      earlyStopping: { metric: 'score', patience: 3 },
    });
    expect(result).toMatchObject({ reason: 'early-stopping', steps: 10, best: { step: 4, metrics: { score: 0.9 } } });
    expect(await weightsOf(model)).toEqual(seen[1]);
    model.dispose();

    const lower = linearModel();
    const losses = [3, 2, 2.5, 1.99, 2];
    let turn = 0;
    const minimum = await fit(lower, data, {
      ...basic,
      steps: 100,
      validateEvery: 1,
      validate: async () => ({ loss: losses[turn++]! }),
      earlyStopping: { metric: 'loss', mode: 'min', minDelta: 0.1, patience: 3, restoreBest: false },
    });
    expect(minimum).toMatchObject({ steps: 5, best: { step: 2 } });
    lower.dispose();
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

  it('tells how it goes', async () => {
    const model = linearModel();
    const seen: FitProgress[] = [];
    await fit(model, data, { ...basic, epochs: 2, steps: undefined, onProgress: (progress) => seen.push(progress) });
    expect(seen.map(({ step, done, total, epoch }) => [step, done, total, epoch])).toEqual([
      [1, 1, 4, 0],
      [2, 2, 4, 0],
      [3, 3, 4, 1],
      [4, 4, 4, 1],
    ]);
    expect(seen[3]!.secondsLeft).toBe(0);
    expect(seen.every(({ imagesPerSecond, loss }) => imagesPerSecond > 0 && Number.isFinite(loss))).toBe(true);
    model.dispose();
  });

  it('ends by the clock, and the schedule follows it', async () => {
    const model = linearModel();
    const shares: number[] = [];
    const schedule = ({ share }: { share: number }) => {
      shares.push(share);
      return 1;
    };
    const result = await fit(model, data, { ...basic, steps: undefined, maxSeconds: 0.2, schedule });
    expect(result.reason).toBe('time');
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares.every((share) => share >= 0 && share <= 1)).toBe(true);
    model.dispose();
  });

  it('leaves no tensors behind, however many steps', async () => {
    const model = linearModel();
    const counts: number[] = [];
    const before = memory().numTensors;
    await fit(model, data, { ...basic, steps: 1000, onProgress: () => counts.push(memory().numTensors) });
    expect(new Set(counts).size).toBe(1);
    expect(memory().numTensors).toBe(before);
    await fit(model, data, { ...basic, steps: 5, signal: AbortSignal.timeout(0) }).catch(() => {});
    expect(memory().numTensors).toBe(before);
    model.dispose();
  });

  it('gives a batch without pairs a zero gradient', async () => {
    const model = linearModel();
    const before = await weightsOf(model);
    const loss: FitOptions['loss'] = { name: 'none', weights: [], compute: () => scalar(0), dispose() {} };
    await fit(model, data, { ...basic, loss, optimizer: sgd(), steps: 3 });
    expect(await weightsOf(model)).toEqual(before);
    model.dispose();
  });

  it('stops at a loss that is no number, with the weights of the step before', async () => {
    const model = linearModel();
    const twin = linearModel();
    await fit(twin, data, { ...basic, steps: 20, signal: undefined, schedule: constantRate() });
    let turn = 0;
    const good = pairLoss();
    const loss: FitOptions['loss'] = {
      ...good,
      compute: (rows, targets) => good.compute(rows, targets).mul(++turn > 20 ? Number.NaN : 1),
    };
    await expect(fit(model, data, { ...basic, loss, steps: 50, schedule: constantRate() })).rejects.toMatchObject({
      code: 'NON_FINITE',
      message: expect.stringContaining('step 21'),
      details: { step: 21 },
    });
    expect(await weightsOf(model)).toEqual(await weightsOf(twin));
    model.dispose();
    twin.dispose();
  });

  it('names the step when the loss itself refuses what the model gives', async () => {
    const model = linearModel();
    const loss: FitOptions['loss'] = {
      ...pairLoss(),
      compute() {
        throw new NearkinError('NON_FINITE', 'Expected finite embeddings.');
      },
    };
    const before = memory().numTensors;
    await expect(fit(model, data, { ...basic, loss })).rejects.toMatchObject({
      code: 'NON_FINITE',
      details: { step: 1 },
    });
    expect(memory().numTensors).toBe(before);
    model.dispose();
  });

  it('can be cancelled', async () => {
    const model = linearModel();
    const controller = new AbortController();
    const steps: number[] = [];
    const running = fit(model, data, {
      ...basic,
      steps: 1000,
      signal: controller.signal,
      onProgress: ({ step }) => {
        steps.push(step);
        if (step === 7) controller.abort();
      },
    });
    await expect(running).rejects.toMatchObject({ code: 'ABORTED' });
    expect(steps.at(-1)).toBe(7);
    model.dispose();
  });

  it('refuses what makes no sense', async () => {
    const model = linearModel();
    const bad: [Partial<FitOptions>, RegExp][] = [
      [{ steps: undefined }, /when to stop/],
      [{ steps: 0 }, /steps/],
      [{ accumulate: 1.5 }, /accumulate/],
      [{ epochs: -1 }, /epochs/],
      [{ maxSeconds: Number.NaN }, /maxSeconds/],
      [{ gradientClip: 0 }, /gradientClip/],
      [{ weightAveraging: 1 }, /weightAveraging/],
      [{ seed: 0.5 }, /seed/],
      [{ earlyStopping: { metric: 'x' } }, /validate/],
      [{ validate: async () => ({ y: 1 }), earlyStopping: { metric: 'x' } }, /watches "x".*gives y/],
      [{ sampler: { ...basic.sampler, batchesPerEpoch: 0 } }, /no batches/],
      [{ sampler: { ...basic.sampler, epoch: () => [] } }, /without batches/],
      [{ sampler: { ...basic.sampler, epoch: () => [[99]] } }, /sample 99/],
      [{ loss: { ...pairLoss(), compute: (rows) => rows } }, /one number/],
    ];
    for (const [options, message] of bad) {
      const error = await fit(model, data, { ...basic, steps: 2, ...options }).catch((thrown) => thrown);
      expect(error, String(message)).toBeInstanceOf(NearkinError);
      expect(error.code).toBe('INVALID_ARGUMENT');
      expect(error.message).toMatch(message);
    }
    const wrong = { ...data, labels: Int32Array.from(data.labels, (label) => label + 1) };
    await expect(fit(model, wrong, basic)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', details: { label: 4 } });
    const none = { ...data, labels: new Int32Array(0) };
    await expect(fit(model, none, basic)).rejects.toMatchObject({ code: 'EMPTY_GALLERY' });
    model.dispose();
  });
});
