import { createRng, NearkinError } from '@nearkin/core';
import { assertCount, assertSameLength } from '../numbers/check.js';
import { incompleteBeta, studentTwoSided } from '../numbers/student-t.js';
import { signFlips } from './sign-flips.js';

export interface PairedTestOptions {
  /** Values of system A, one a query; null where undefined. */
  readonly a: ArrayLike<number | boolean | null>;
  /** Values of system B for the same queries. A pair with a null on either side is left out. */
  readonly b: ArrayLike<number | boolean | null>;
  /** Default `permutation`. */
  readonly method?: 'permutation' | 't' | 'mcnemar' | undefined;
  /** Default `two-sided`; `greater`: A is better. */
  readonly alternative?: 'two-sided' | 'greater' | 'less' | undefined;
  /** Random sign flips when there are more than 16 pairs; default 10,000. */
  readonly permutations?: number | undefined;
  /** Default 0. */
  readonly seed?: number | undefined;
}

/** Plain JSON. */
export interface PairedTest {
  readonly method: 'permutation' | 't' | 'mcnemar';
  readonly alternative: 'two-sided' | 'greater' | 'less';
  /** Pairs compared. */
  readonly n: number;
  /** Mean of a - b; null for no pairs. */
  readonly meanDifference: number | null;
  /** Pairs in which A is better, B is better, neither. */
  readonly wins: number;
  readonly losses: number;
  readonly draws: number;
  /**
   * `permutation`: the mean difference; `t`: Student's t, null where the differences do not vary; `mcnemar`:
   * (|wins - losses| - 1)^2 / (wins + losses), 0 without either.
   */
  readonly statistic: number | null;
  /** Null where it is undefined: no pairs, or one pair for `t`. */
  readonly pValue: number | null;
  /** True when the p value is exact, false when drawn or from the t distribution. */
  readonly exact: boolean;
  /** Sign patterns looked at: 2^n, or `permutations`; 0 for the other methods. */
  readonly permutations: number;
}

/**
 * Does system A differ from system B on the same queries?
 *
 * - `permutation` (Fisher's randomisation): if nothing differs, each difference is as likely with either sign. To 16
 *   pairs all 2^n patterns are counted, p = share with a mean at least as extreme; beyond, p = (extreme + 1) / (B + 1)
 *   over B random patterns, the same for the same seed on every host, and never 0.
 * - `t`: paired Student's t with n - 1 degrees of freedom.
 * - `mcnemar`: for right/wrong values; exact: wins among the pairs that differ are binomial with 1/2.
 *
 * Equal everywhere gives p = 1 (`t`: also 1, as nothing differs).
 *
 * @throws {NearkinError} `INVALID_ARGUMENT` when lengths disagree or `mcnemar` gets values other than 0 and 1;
 *   `NON_FINITE`
 * @source Smucker, Allan and Carterette, "A Comparison of Statistical Significance Tests for Information Retrieval
 *   Evaluation", CIKM 2007; Phipson and Smyth, 2010 (why + 1); McNemar, Psychometrika 1947, with Edwards' correction
 * @example
 * pairedTest({ a: [0.9, 0.8, 0.7], b: [0.5, 0.6, 0.6] }).pValue // 0.25
 */
export function pairedTest(options: PairedTestOptions): PairedTest {
  const { method = 'permutation', alternative = 'two-sided', permutations = 10_000, seed = 0 } = options;
  if (!['permutation', 't', 'mcnemar'].includes(method) || !['two-sided', 'greater', 'less'].includes(alternative))
    throw new NearkinError('INVALID_ARGUMENT', `No paired test ${method} (${alternative}).`, {
      details: { method, alternative },
    });
  assertCount('permutations', permutations);
  const differences = readDifferences(options, method === 'mcnemar');
  const n = differences.length;
  const sum = differences.reduce((total, value) => total + value, 0);
  const wins = differences.filter((value) => value > 0).length;
  const losses = differences.filter((value) => value < 0).length;
  const common = {
    method,
    alternative,
    n,
    meanDifference: n === 0 ? null : sum / n,
    wins,
    losses,
    draws: n - wins - losses,
  };
  if (method === 'permutation') {
    const flips = signFlips(differences, { alternative, permutations, rng: createRng(seed) });
    return { ...common, statistic: common.meanDifference, ...flips };
  }
  const test = method === 't' ? studentTest(differences, alternative) : mcnemarTest(n, { wins, losses, alternative });
  return { ...common, ...test, exact: method === 'mcnemar', permutations: 0 };
}

type Alternative = PairedTest['alternative'];

function studentTest(differences: Float64Array, alternative: Alternative) {
  const n = differences.length;
  if (n < 2) return { statistic: null, pValue: null };
  const mean = differences.reduce((total, value) => total + value, 0) / n;
  const variance = differences.reduce((total, value) => total + (value - mean) ** 2, 0) / (n - 1);
  const side = alternative === 'less' ? -1 : 1;
  // Equal differences leave rounding behind where there should be no spread at all.
  if (differences.every((value) => value === differences[0])) {
    if (mean === 0) return { statistic: null, pValue: 1 };
    return { statistic: null, pValue: alternative === 'two-sided' || side * mean > 0 ? 0 : 1 };
  }
  const t = mean / Math.sqrt(variance / n);
  const both = studentTwoSided(t, n - 1);
  if (alternative === 'two-sided') return { statistic: t, pValue: both };
  return { statistic: t, pValue: side * t >= 0 ? both / 2 : 1 - both / 2 };
}

function mcnemarTest(n: number, counts: { wins: number; losses: number; alternative: Alternative }) {
  const { wins, losses, alternative } = counts;
  const differing = wins + losses;
  if (n === 0) return { statistic: null, pValue: null };
  const statistic = differing === 0 ? 0 : Math.max(0, Math.abs(wins - losses) - 1) ** 2 / differing;
  // P(X >= x) for X binomial with differing trials of 1/2.
  const atLeast = (x: number) => (x <= 0 ? 1 : incompleteBeta(0.5, x, differing - x + 1));
  const pValue =
    alternative === 'greater'
      ? atLeast(wins)
      : alternative === 'less'
        ? atLeast(losses)
        : Math.min(1, 2 * atLeast(Math.max(wins, losses)));
  return { statistic, pValue };
}

function readDifferences({ a, b }: PairedTestOptions, binary: boolean): Float64Array {
  assertSameLength(['a', 'b'], a, b);
  const differences: number[] = [];
  for (let i = 0; i < a.length; i++) {
    if (a[i] === null || b[i] === null) continue;
    const [x, y] = [Number(a[i]), Number(b[i])];
    if (!Number.isFinite(x) || !Number.isFinite(y))
      throw new NearkinError('NON_FINITE', `Expected finite values, got ${a[i]} and ${b[i]} in pair ${i}.`, {
        details: { index: i },
      });
    if (binary && ((x !== 0 && x !== 1) || (y !== 0 && y !== 1)))
      throw new NearkinError('INVALID_ARGUMENT', `Expected 0 or 1 for mcnemar, got ${x} and ${y} in pair ${i}.`, {
        details: { index: i },
      });
    differences.push(x - y);
  }
  return Float64Array.from(differences);
}
