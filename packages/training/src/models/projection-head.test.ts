import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createProjectionHead } from './projection-head.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const input = Array.from({ length: 10 }, (_, i) => Math.sin(3 * i + 1));

/** The head of the Keras example, in plain numbers. */
function expected(weights: readonly Float32Array[], dim: number): number[] {
  const dense = (x: readonly number[], kernel: Float32Array, bias: Float32Array) =>
    Array.from(
      { length: dim },
      (_, j) => bias[j]! + x.reduce((sum, value, i) => sum + value * kernel[i * dim + j]!, 0),
    );
  const gelu = (x: number) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
  let x = dense(input, weights[0]!, weights[1]!);
  for (let layer = 0; layer < 2; layer++) {
    const [kernel, bias, gamma, beta] = weights.slice(2 + 4 * layer, 6 + 4 * layer) as [
      Float32Array,
      Float32Array,
      Float32Array,
      Float32Array,
    ];
    const sum = dense(x.map(gelu), kernel, bias).map((value, i) => value + x[i]!);
    const mean = sum.reduce((a, b) => a + b, 0) / dim;
    const variance = sum.reduce((a, b) => a + (b - mean) ** 2, 0) / dim;
    x = sum.map((value, i) => ((value - mean) / Math.sqrt(variance + 1e-3)) * gamma[i]! + beta[i]!);
  }
  return x;
}

const unit = (row: readonly number[]) => row.map((value) => value / Math.hypot(...row));

describe('createProjectionHead', () => {
  it('is the head of the source', async () => {
    const head = createProjectionHead({ inputDim: 10, dim: 6, layers: 2, seed: 3 });
    // Neither biases nor the scales of normalisation may be what they start as.
    head.weights.forEach(({ variable }, k) => {
      if (variable.rank === 1)
        tf.tidy(() => variable.assign(tf.tensor1d(Array.from({ length: 6 }, (_, i) => 1 + Math.cos(i + k))) as never));
    });
    const weights = head.weights.map(({ variable }) => variable.dataSync() as Float32Array);
    const wanted = expected(weights, 6);
    const rows = tf.tidy(() => head.forward(tf.tensor2d(input, [1, 10]), { training: false, seed: 0 }).dataSync());
    rows.forEach((value, i) => {
      expect(value).toBeCloseTo(unit(wanted)[i]!, 5);
    });

    const picture = tf.input({ shape: [10] });
    const model = tf.model({ inputs: picture, outputs: head.applyTo(picture) });
    head.dispose();
    const layers = tf.tidy(() => (model.predict(tf.tensor2d(input, [1, 10])) as tf.Tensor).dataSync());
    layers.forEach((value, i) => {
      expect(value).toBeCloseTo(wanted[i]!, 4);
    });
    model.dispose();
  });

  it('drops in training alone, the same for the same seed', () => {
    const head = createProjectionHead({ inputDim: 10, dim: 6, dropout: 0.5 });
    const rows = (training: boolean, seed: number) => [
      ...tf.tidy(() => head.forward(tf.tensor2d(input, [1, 10]), { training, seed }).dataSync()),
    ];
    expect(rows(true, 1)).toEqual(rows(true, 1));
    expect(rows(true, 1)).not.toEqual(rows(true, 2));
    expect(rows(false, 1)).toEqual(rows(false, 2));
    head.dispose();
  });

  it.each([{ inputDim: 0 }, { inputDim: 3, layers: 1.5 }, { inputDim: 3, dropout: 1 }])('refuses %j', (options) => {
    expect(() => createProjectionHead(options)).toThrowError(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });

  it('tells vectors of another length', () => {
    const head = createProjectionHead({ inputDim: 10 });
    expect(() => tf.tidy(() => head.forward(tf.zeros([2, 9]), { training: false, seed: 0 }))).toThrowError(
      expect.objectContaining({ code: 'DIMENSION_MISMATCH' }),
    );
    head.dispose();
  });
});
