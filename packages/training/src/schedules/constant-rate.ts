import { assertNumber } from '../optimizers/assert-number.js';
import type { Schedule } from './schedule.js';

/**
 * Always 1, after a warm-up in a line over the first steps.
 *
 * @param options.warmupSteps default 0
 * @throws {NearkinError} `INVALID_ARGUMENT`
 * @example
 * constantRate({ warmupSteps: 4 })({ step: 0, share: 0 }); // 0.25
 */
export function constantRate(options: { readonly warmupSteps?: number } = {}): Schedule {
  const { warmupSteps = 0 } = options;
  assertNumber('warmupSteps', warmupSteps, { least: 0 });
  return ({ step }) => Math.min(1, (step + 1) / Math.max(1, warmupSteps));
}
