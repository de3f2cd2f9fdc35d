import { assertNumber } from '../optimizers/assert-number.js';
import type { Schedule } from './schedule.js';

/**
 * Rises in a line to 1 over the first share of the run, then falls as a half cosine to `floor` at its end.
 *
 * @param options.warmup share of the run, 0 to below 1; default 0.05
 * @param options.warmupSteps in steps instead: 1/n, 2/n, … of the cosine, which then starts at once
 * @param options.floor factor at the end; default 0
 * @throws {NearkinError} `INVALID_ARGUMENT`
 * @source Loshchilov and Hutter, SGDR, 2017, equation 5, one cycle
 * @example
 * warmupCosine({ warmup: 0 })({ step: 50, share: 0.5 }).toFixed(3); // '0.500'
 */
export function warmupCosine(
  options: { readonly warmup?: number; readonly warmupSteps?: number; readonly floor?: number } = {},
): Schedule {
  const { warmup = 0.05, warmupSteps, floor = 0 } = options;
  assertNumber('warmup', warmup, { least: 0, below: 1 });
  assertNumber('warmupSteps', warmupSteps ?? 0, { least: 0 });
  assertNumber('floor', floor, { least: 0, most: 1 });
  const cosine = (share: number) => floor + ((1 - floor) * (1 + Math.cos(Math.PI * Math.min(1, share)))) / 2;
  return ({ step, share }) => {
    if (warmupSteps !== undefined) return Math.min(1, (step + 1) / Math.max(1, warmupSteps)) * cosine(share);
    if (share < warmup) return share / warmup;
    return cosine((share - warmup) / (1 - warmup));
  };
}
