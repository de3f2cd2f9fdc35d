import { assertNumber } from '../optimizers/assert-number.js';

/** A running mean of weights over steps. */
export interface WeightAverage {
  readonly values: readonly Float32Array[];
  add(values: readonly Float32Array[], update: number): void;
}

/**
 * Exponential moving average of weights: `average = d * average + (1 - d) * weights`, where d rises to `decay` as
 * `(1 + n) / (10 + n)` with the number of updates n, so that the start is soon forgotten.
 *
 * @param start values at the start; copied
 * @throws {NearkinError} `INVALID_ARGUMENT` unless 0 <= decay < 1
 * @source Polyak and Juditsky, Acceleration of stochastic approximation by averaging, 1992; the rise as in Tan and Le,
 *   EfficientNet, 2019 (their code's `num_updates`)
 */
export function weightAverage(start: readonly Float32Array[], decay: number): WeightAverage {
  assertNumber('weightAveraging', decay, { least: 0, below: 1 });
  const values = start.map((one) => one.slice());
  return Object.freeze({
    values,
    add(current: readonly Float32Array[], update: number) {
      const d = Math.min(decay, (1 + update) / (10 + update));
      values.forEach((average, w) => {
        const now = current[w]!;
        for (let i = 0; i < average.length; i++) average[i] = d * average[i]! + (1 - d) * now[i]!;
      });
    },
  });
}
