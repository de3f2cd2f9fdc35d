import { assertNumber } from './assert-number.js';
import type { Optimizer } from './optimizer.js';

export interface SgdOptions {
  /** Default 0.1. */
  readonly learningRate?: number | undefined;
  /** Share of the last step that goes on; default 0.9. */
  readonly momentum?: number | undefined;
  /** Looks ahead along the momentum; default false. */
  readonly nesterov?: boolean | undefined;
  /** Times the weight is added to its gradient; default 0. */
  readonly weightDecay?: number | undefined;
}

/**
 * Gradient descent with momentum: `v = momentum * v + g`, `w -= rate * v` (with `nesterov`: `rate * (g + momentum * v)`),
 * where `g` is the gradient plus `weightDecay * w`.
 *
 * @throws {NearkinError} `INVALID_ARGUMENT`
 * @source Sutskever et al., On the importance of initialization and momentum in deep learning, 2013, section 2, with the
 *   rate outside of the momentum
 * @example
 * sgd({ learningRate: 0.05, momentum: 0 }).name; // 'sgd'
 */
export function sgd(options: SgdOptions = {}): Optimizer {
  const { learningRate = 0.1, momentum = 0.9, nesterov = false, weightDecay = 0 } = options;
  assertNumber('learningRate', learningRate, { above: 0 });
  assertNumber('momentum', momentum, { least: 0, below: 1 });
  assertNumber('weightDecay', weightDecay, { least: 0 });
  return Object.freeze({
    name: 'sgd',
    learningRate,
    slots: ['velocity'],
    update({ values, gradient, slots, learningRate: rate, decay }) {
      const velocity = slots['velocity']!;
      const shrink = decay ? weightDecay : 0;
      for (let i = 0; i < values.length; i++) {
        const g = gradient[i]! + shrink * values[i]!;
        const v = momentum * velocity[i]! + g;
        velocity[i] = v;
        values[i] = values[i]! - rate * (nesterov ? g + momentum * v : v);
      }
    },
  } satisfies Optimizer);
}
