import { assertNumber } from '../optimizers/assert-number.js';
import type { Schedule } from './schedule.js';

/**
 * Multiplies the rate by `factor` at each of the given steps.
 *
 * @param options.at numbers of steps, ascending or not
 * @param options.factor default 0.1
 * @throws {NearkinError} `INVALID_ARGUMENT`
 * @example
 * stepDecay({ at: [100, 200] })({ step: 150, share: 0.5 }); // 0.1
 */
export function stepDecay(options: { readonly at: readonly number[]; readonly factor?: number }): Schedule {
  const { at, factor = 0.1 } = options;
  assertNumber('factor', factor, { least: 0, most: 1 });
  for (const step of at) assertNumber('a step of at', step, { least: 0 });
  return ({ step }) => factor ** at.filter((mark) => step >= mark).length;
}
