import '@tensorflow/tfjs-backend-cpu';
import { setBackend, type Tensor2D, tensor2d } from '@tensorflow/tfjs';
import { fit } from '../src/fit/fit.js';
import type { Memory } from '../src/memory/memory.js';
import { adamW } from '../src/optimizers/adam-w.js';
import { blobs, linearModel, pairLoss, shuffledSampler } from './tiny-training.js';

/** The rows of the last batch, to be compared with once more: a memory whose loss to a checkpoint would show. */
function lastBatch(): Memory {
  let rows: Float32Array<ArrayBufferLike> = new Float32Array(0);
  let labels: Int32Array<ArrayBufferLike> = new Int32Array(0);
  return {
    name: 'last batch',
    next(embeddings, targets) {
      const before = { rows, labels };
      rows = Float32Array.from(embeddings.dataSync());
      labels = Int32Array.from(targets as Int32Array);
      if (before.labels.length === 0) return undefined;
      return { embeddings: tensor2d(before.rows, [before.labels.length, 3]), targets: before.labels };
    },
    save: () => ({
      rows: { data: rows.slice(), shape: [rows.length] },
      labels: { data: labels.slice(), shape: [labels.length] },
    }),
    restore(state) {
      rows = state['rows']!.data as Float32Array;
      labels = state['labels']!.data as Int32Array;
    },
    dispose() {},
  };
}

const [target, pauseText] = process.argv.slice(2);
await setBackend('cpu');
const data = blobs();
const model = linearModel();
const loss = pairLoss();
const result = await fit(model, data, {
  loss: {
    ...loss,
    compute(embeddings, targets, options) {
      const own = loss.compute(embeddings, targets);
      const reference = options?.reference;
      return reference
        ? own.add(
            embeddings
              .matMul(reference.embeddings as Tensor2D, false, true)
              .square()
              .mean(),
          )
        : own;
    },
  },
  sampler: shuffledSampler(data, 12),
  memory: lastBatch(),
  optimizer: adamW({ learningRate: 0.01 }),
  weightAveraging: 0.9,
  steps: 120,
  seed: 11,
  validate: async (embed) => ({ first: (await embed(data)).vectors.data[0]! }),
  validateEvery: 7,
  earlyStopping: { metric: 'first', patience: 1000 },
  ...(target ? { checkpoint: { target, every: 5, resume: true } } : {}),
  onProgress: ({ step }) => {
    process.stdout.write(`step ${step}\n`);
    // Gives whoever kills this process the time to do so.
    if (pauseText) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Number(pauseText));
  },
});
const weights = model.weights.map(({ variable }) => [...variable.dataSync()]);
const { history, best, resumedAt } = result;
process.stdout.write(
  `result ${JSON.stringify({ weights, history: { ...history, validations: history.validations.map(({ step, metrics }) => ({ step, metrics })) }, best: best?.step, resumedAt })}\n`,
);
