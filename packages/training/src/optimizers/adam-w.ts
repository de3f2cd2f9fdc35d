import { assertNumber } from './assert-number.js';
import type { Optimizer } from './optimizer.js';

export interface AdamWOptions {
  /** Default 0.001. */
  readonly learningRate?: number | undefined;
  /** Decay of the mean of gradients; default 0.9. */
  readonly beta1?: number | undefined;
  /** Decay of the mean of squared gradients; default 0.999. */
  readonly beta2?: number | undefined;
  /** Added to the root of the second mean; default 1e-8. */
  readonly epsilon?: number | undefined;
  /** Share of the weight, times the learning rate, that goes each step; default 0.01. 0 is plain Adam. */
  readonly weightDecay?: number | undefined;
}

/**
 * Adam with decoupled weight decay: `w -= rate * weightDecay * w`, then `w -= rate * m / (sqrt(v) + epsilon)` with
 * bias-corrected means m of gradients and v of their squares. Weights whose `decay` is off (biases) do not decay.
 *
 * @throws {NearkinError} `INVALID_ARGUMENT`
 * @source Loshchilov and Hutter, Decoupled Weight Decay Regularization, 2019, algorithm 2; Kingma and Ba, Adam, 2015
 * @example
 * adamW({ learningRate: 3e-3 }).learningRate; // 0.003
 */
export function adamW(options: AdamWOptions = {}): Optimizer {
  const { learningRate = 1e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0.01 } = options;
  assertNumber('learningRate', learningRate, { above: 0 });
  assertNumber('beta1', beta1, { least: 0, below: 1 });
  assertNumber('beta2', beta2, { least: 0, below: 1 });
  assertNumber('epsilon', epsilon, { above: 0 });
  assertNumber('weightDecay', weightDecay, { least: 0 });
  return Object.freeze({
    name: 'adamW',
    learningRate,
    slots: ['mean', 'square'],
    update({ values, gradient, slots, update, learningRate: rate, decay }) {
      const mean = slots['mean']!;
      const square = slots['square']!;
      const keep = decay ? 1 - rate * weightDecay : 1;
      const step = rate / (1 - beta1 ** update);
      const correction = 1 / (1 - beta2 ** update);
      for (let i = 0; i < values.length; i++) {
        const g = gradient[i]!;
        const m = beta1 * mean[i]! + (1 - beta1) * g;
        const v = beta2 * square[i]! + (1 - beta2) * g * g;
        mean[i] = m;
        square[i] = v;
        values[i] = values[i]! * keep - (step * m) / (Math.sqrt(v * correction) + epsilon);
      }
    },
  } satisfies Optimizer);
}
