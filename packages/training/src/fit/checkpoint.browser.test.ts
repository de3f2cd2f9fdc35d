import '@tensorflow/tfjs-backend-cpu';
import { setBackend } from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { blobs, linearModel, pairLoss, shuffledSampler } from '../../test/tiny-training.js';
import { fit } from './fit.js';

it('keeps checkpoints in browser storage and goes on from them', async () => {
  await setBackend('cpu');
  const data = blobs();
  const target = 'indexeddb://training-test';
  const options = { loss: pairLoss(), sampler: shuffledSampler(data, 16), steps: 8, seed: 3 };
  const [model, whole] = [linearModel(), linearModel()];
  const controller = new AbortController();
  await expect(
    fit(model, data, {
      ...options,
      checkpoint: { target, every: 2 },
      signal: controller.signal,
      onProgress: ({ step }) => step === 5 && controller.abort(),
    }),
  ).rejects.toMatchObject({ code: 'ABORTED' });
  const fresh = linearModel();
  const result = await fit(fresh, data, { ...options, checkpoint: { target, resume: true } });
  expect(result.resumedAt).toBe(5);
  await fit(whole, data, options);
  expect([...fresh.matrix.dataSync()]).toEqual([...whole.matrix.dataSync()]);
  for (const each of [model, whole, fresh]) each.dispose();
});
