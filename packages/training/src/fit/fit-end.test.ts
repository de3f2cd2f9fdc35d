import '@tensorflow/tfjs-backend-cpu';
import { NearkinError } from '@nearkin/core';
import { memory, setBackend } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { blobs, linearModel, pairLoss, shuffledSampler, weightsOf } from '../../test/tiny-training.js';
import { constantRate } from '../schedules/constant-rate.js';
import { fit } from './fit.js';
import type { FitOptions, FitProgress } from './fit-options.js';

beforeAll(async () => {
  await setBackend('cpu');
});

const data = blobs();
const basic: FitOptions = { loss: pairLoss(), sampler: shuffledSampler(data, 16), steps: 20, seed: 3 };

describe('fit, to its end', () => {
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
