import '@tensorflow/tfjs-backend-cpu';
import { setBackend, tensor1d, train, variable } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { adamW } from './adam-w.js';
import type { Optimizer } from './optimizer.js';
import { sgd } from './sgd.js';

beforeAll(async () => {
  await setBackend('cpu');
});

/** Gradients of no function in particular, large and tiny. */
const gradients = [
  [0.5, -2, 1e-4],
  [0.1, 3, -1e-4],
  [-0.7, 0.2, 5],
  [0, 0, 0],
  [1, -1, 1e-8],
];

function run(optimizer: Optimizer, options: { start?: number[]; decay?: boolean; rate?: number } = {}): number[] {
  const values = Float32Array.from(options.start ?? [1, -2, 0.5]);
  const slots = Object.fromEntries(optimizer.slots.map((slot) => [slot, new Float32Array(3)]));
  gradients.forEach((gradient, i) => {
    optimizer.update({
      values,
      gradient: Float32Array.from(gradient),
      slots,
      update: i + 1,
      learningRate: options.rate ?? optimizer.learningRate,
      decay: options.decay ?? true,
    });
  });
  return [...values];
}

const close = (a: readonly number[], b: readonly number[], tolerance = 1e-6) => {
  expect(a).toHaveLength(b.length);
  for (const [i, value] of a.entries()) expect(Math.abs(value - b[i]!)).toBeLessThan(tolerance);
};

describe('adamW', () => {
  it('without decay is the Adam of tfjs', () => {
    const weight = variable(tensor1d([1, -2, 0.5]), true, 'adam-twin');
    const reference = train.adam(0.01, 0.9, 0.999, 1e-8);
    for (const gradient of gradients) reference.applyGradients([{ name: 'adam-twin', tensor: tensor1d(gradient) }]);
    close(run(adamW({ learningRate: 0.01, weightDecay: 0 })), [...weight.dataSync()]);
    weight.dispose();
  });

  it('moves by the rate at first, and decays apart from the gradient', () => {
    // First step: m / sqrt(v) is the sign of the gradient, whatever its size.
    const optimizer = adamW({ learningRate: 0.1, weightDecay: 0.2 });
    const values = Float32Array.of(2, -1);
    const slots = { mean: new Float32Array(2), square: new Float32Array(2) };
    const gradient = Float32Array.of(1e-3, -50);
    optimizer.update({ values, gradient, slots, update: 1, learningRate: 0.1, decay: true });
    close([...values], [2 * (1 - 0.02) - 0.1, -1 * (1 - 0.02) + 0.1], 1e-5);
    close([...slots.mean], [1e-4, -5], 1e-10);
  });

  it('is the formula, in double precision', () => {
    const [b1, b2, epsilon, decay, rate] = [0.8, 0.95, 1e-3, 0.3, 0.05];
    let [w, m, v] = [1, 0, 0];
    gradients.forEach(([g], i) => {
      m = b1 * m + (1 - b1) * g!;
      v = b2 * v + (1 - b2) * g! ** 2;
      const step = (rate * (m / (1 - b1 ** (i + 1)))) / (Math.sqrt(v / (1 - b2 ** (i + 1))) + epsilon);
      w = w - rate * decay * w - step;
    });
    const options = { learningRate: rate, beta1: b1, beta2: b2, epsilon, weightDecay: decay };
    close(run(adamW(options)).slice(0, 1), [w]);
    expect(run(adamW(options), { decay: false })[0]).not.toBeCloseTo(w, 4);
  });
});

describe('sgd', () => {
  it('is the momentum optimiser of tfjs', () => {
    for (const nesterov of [false, true]) {
      const weight = variable(tensor1d([1, -2, 0.5]), true, `momentum-twin-${nesterov}`);
      const reference = train.momentum(0.05, 0.9, nesterov);
      for (const gradient of gradients)
        reference.applyGradients([{ name: `momentum-twin-${nesterov}`, tensor: tensor1d(gradient) }]);
      close(run(sgd({ learningRate: 0.05, nesterov })), [...weight.dataSync()]);
      weight.dispose();
    }
  });

  it('adds decay to the gradient', () => {
    const values = Float32Array.of(4);
    const slots = { velocity: new Float32Array(1) };
    const gradient = Float32Array.of(1);
    const optimizer = sgd({ weightDecay: 0.5 });
    optimizer.update({ values, gradient, slots, update: 1, learningRate: 0.1, decay: true });
    expect(values[0]).toBeCloseTo(4 - 0.1 * (1 + 2), 6);
    optimizer.update({ values, gradient, slots, update: 2, learningRate: 0.1, decay: false });
    expect(values[0]).toBeCloseTo(3.7 - 0.1 * (0.9 * 3 + 1), 6);
  });
});

it('refuses settings that make no sense', () => {
  const bad = [
    () => adamW({ learningRate: 0 }),
    () => adamW({ beta1: 1 }),
    () => adamW({ beta2: -0.1 }),
    () => adamW({ epsilon: 0 }),
    () => adamW({ weightDecay: Number.NaN }),
    () => sgd({ learningRate: -1 }),
    () => sgd({ momentum: 1 }),
    () => sgd({ weightDecay: Number.POSITIVE_INFINITY }),
  ];
  for (const make of bad) expect(make).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
});
