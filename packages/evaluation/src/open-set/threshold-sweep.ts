import { assertFiniteNumbers, assertSameLength, type Numbers } from '../numbers/check.js';

/** Scores of things that should be accepted (positive) and of things that should not. Higher is better. */
export interface TwoSamples {
  readonly positive: Numbers;
  readonly negative: Numbers;
}

/**
 * Every threshold that changes the outcome, highest first: entry i accepts scores >= thresholds[i]. Equal scores are
 * accepted together. Entry 0 is Infinity, which accepts nothing.
 */
export interface ThresholdSweep {
  readonly thresholds: readonly number[];
  readonly truePositives: readonly number[];
  readonly falsePositives: readonly number[];
  readonly positives: number;
  readonly negatives: number;
}

/** @throws {NearkinError} `NON_FINITE` */
export function thresholdSweep(samples: TwoSamples): ThresholdSweep {
  const { positive, negative } = samples;
  assertFiniteNumbers('positive scores', positive);
  assertFiniteNumbers('negative scores', negative);
  const descending = (values: Numbers) => Float64Array.from(values).sort().reverse();
  const [high, low] = [descending(positive), descending(negative)];
  const thresholds = [Number.POSITIVE_INFINITY];
  const truePositives = [0];
  const falsePositives = [0];
  let tp = 0;
  let fp = 0;
  while (tp < high.length || fp < low.length) {
    const threshold = Math.max(high[tp] ?? Number.NEGATIVE_INFINITY, low[fp] ?? Number.NEGATIVE_INFINITY);
    while (tp < high.length && high[tp] === threshold) tp++;
    while (fp < low.length && low[fp] === threshold) fp++;
    thresholds.push(threshold);
    truePositives.push(tp);
    falsePositives.push(fp);
  }
  return { thresholds, truePositives, falsePositives, positives: high.length, negatives: low.length };
}

/**
 * Splits one list of scores by a flag.
 *
 * @throws {NearkinError} `INVALID_ARGUMENT` when lengths disagree
 */
export function splitScores(
  scores: Numbers,
  flags: ArrayLike<boolean | number>,
  names: readonly [string, string],
): TwoSamples {
  assertSameLength(names, scores, flags);
  const positive: number[] = [];
  const negative: number[] = [];
  for (let i = 0; i < scores.length; i++) (flags[i] ? positive : negative).push(scores[i]!);
  return { positive, negative };
}
