import { createRng, NearkinError } from '@nearkin/core';
import { assertCount } from '../numbers/check.js';

export interface BootstrapOptions {
  /** One value a query; null values are left out. */
  readonly values: ArrayLike<number | null>;
  /** Computed from each resample; default the mean. */
  readonly statistic?: ((sample: Float64Array) => number) | undefined;
  /** Default 10,000. */
  readonly resamples?: number | undefined;
  /** Default 0.95. */
  readonly confidence?: number | undefined;
  /** Default 0. */
  readonly seed?: number | undefined;
}

/** Plain JSON; null for no values. */
export interface Bootstrap {
  readonly n: number;
  /** The statistic of the values themselves. */
  readonly estimate: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** Standard deviation over the resamples (with B - 1). */
  readonly standardError: number | null;
  readonly confidence: number;
  readonly resamples: number;
}

/**
 * Percentile interval of a statistic: draw as many values with replacement, compute, repeat, take the middle part.
 * For the difference of two systems give the differences per query. Quantiles are interpolated between neighbours
 * (position p x (B - 1)). The same seed gives the same interval on every host.
 *
 * @throws {NearkinError} `INVALID_ARGUMENT` for bad options, `NON_FINITE`
 * @source Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, section 13.3
 * @example
 * bootstrap({ values: [0.2, 0.4, 0.9, 0.5], seed: 1 }).estimate // 0.5
 */
export function bootstrap(options: BootstrapOptions): Bootstrap {
  const { statistic = mean, resamples = 10_000, confidence = 0.95, seed = 0 } = options;
  assertCount('resamples', resamples);
  if (!(confidence > 0 && confidence < 1))
    throw new NearkinError('INVALID_ARGUMENT', `Expected a confidence between 0 and 1, got ${confidence}.`, {
      details: { confidence },
    });
  const values = Float64Array.from(Array.from(options.values).filter((value) => value !== null));
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw new NearkinError('NON_FINITE', `Expected finite values, got ${values[bad]}.`);
  const n = values.length;
  if (n === 0) return { n, estimate: null, low: null, high: null, standardError: null, confidence, resamples };
  const rng = createRng(seed);
  const sample = new Float64Array(n);
  const drawn = new Float64Array(resamples);
  for (let b = 0; b < resamples; b++) {
    for (let i = 0; i < n; i++) sample[i] = values[rng.integer(n)]!;
    drawn[b] = statistic(sample);
  }
  drawn.sort();
  const centre = mean(drawn);
  const squares = drawn.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  return {
    n,
    estimate: statistic(values),
    low: quantile(drawn, (1 - confidence) / 2),
    high: quantile(drawn, (1 + confidence) / 2),
    standardError: resamples === 1 ? null : Math.sqrt(squares / (resamples - 1)),
    confidence,
    resamples,
  };
}

function mean(values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}

function quantile(sorted: Float64Array, share: number): number {
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (position - below) * (sorted[above]! - sorted[below]!);
}
