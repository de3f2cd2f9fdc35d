import '@tensorflow/tfjs-backend-cpu';
import { setBackend } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { blobs, linearModel, pairLoss, weightsOf } from '../../test/tiny-training.js';
import { normalizedSoftmaxLoss } from '../losses/normalized-softmax-loss.js';
import { supConLoss } from '../losses/sup-con-loss.js';
import { tripletLoss } from '../losses/triplet-loss.js';
import { perClassSampler } from '../samplers/per-class-sampler.js';
import { fit } from './fit.js';

beforeAll(async () => {
  await setBackend('cpu');
});

/** Three classes of eight, and a fourth of which one sample is left. */
function withSingle() {
  const all = blobs();
  const labels = all.labels.subarray(0, 25);
  return { ...all, labels };
}

describe('bad input', () => {
  it('a class with one sample is learned with the others', async () => {
    const data = withSingle();
    const sampler = perClassSampler({ labels: data.labels, classesPerBatch: 4, samplesPerClass: 3 });
    const [batch] = [...sampler.epoch(0)];
    expect(batch!.filter((sample) => sample === 24)).toHaveLength(3);
    for (const loss of [supConLoss(), tripletLoss()]) {
      const model = linearModel();
      const before = await weightsOf(model);
      const { history } = await fit(model, data, { loss, sampler, steps: 5 });
      expect(history.loss.every(Number.isFinite)).toBe(true);
      const after = await weightsOf(model);
      expect(after.every(Number.isFinite)).toBe(true);
      expect(after).not.toEqual(before);
      model.dispose();
    }
  });

  it('fewer classes than the batch wants are refused before anything is trained', () => {
    const { labels } = blobs();
    expect(() => perClassSampler({ labels, classesPerBatch: 5, samplesPerClass: 2 })).toThrow(
      expect.objectContaining({
        code: 'TOO_FEW_CLASSES',
        message: expect.stringMatching(/at least 5 classes.*got 4; lower classesPerBatch/),
      }),
    );
  });

  it('labels out of range are named, and the weights stay', async () => {
    const data = blobs();
    const sampler = perClassSampler({ labels: data.labels, classesPerBatch: 4, samplesPerClass: 2 });
    const model = linearModel();
    const before = await weightsOf(model);
    const loss = normalizedSoftmaxLoss({ classes: 3, dim: model.dim });
    await expect(fit(model, data, { loss, sampler, steps: 5 })).rejects.toMatchObject({
      code: 'UNKNOWN_LABEL',
      details: { label: 3, classes: 3 },
    });
    const wrong = { ...data, labels: Int32Array.from(data.labels, (label) => label - 1) };
    await expect(fit(model, wrong, { loss: pairLoss(), sampler, steps: 5 })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      details: { label: -1 },
    });
    expect(await weightsOf(model)).toEqual(before);
    loss.dispose();
    model.dispose();
  });
});
