import { createRng, NearkinError } from '@nearkin/core';
import { describe, expect, it } from 'vitest';
import { adjustPValues } from './adjust-p-values.js';
import { bootstrap } from './bootstrap.js';
import { confidenceInterval } from './confidence-interval.js';
import { pairedTest } from './paired-test.js';

const code = (run: () => unknown) => {
  try {
    run();
  } catch (error) {
    return error instanceof NearkinError ? error.code : error;
  }
  return 'no error';
};

describe('pairedTest', () => {
  it('counts all sign patterns of few pairs', () => {
    // |sums| of +-4 +-2 +-1: 7 5 3 1 and back; only +++ and --- reach 7.
    expect(pairedTest({ a: [4, 2, 1], b: [0, 0, 0] })).toEqual({
      method: 'permutation',
      alternative: 'two-sided',
      n: 3,
      meanDifference: 7 / 3,
      wins: 3,
      losses: 0,
      draws: 0,
      statistic: 7 / 3,
      pValue: 2 / 8,
      exact: true,
      permutations: 8,
    });
    // 4 + 2 - 1 = 5: reached by 7, 5 and their opposites.
    expect(pairedTest({ a: [4, 2, 0], b: [0, 0, 1] }).pValue).toBe(4 / 8);
    expect(pairedTest({ a: [4, 2, 0], b: [0, 0, 1], alternative: 'greater' }).pValue).toBe(2 / 8);
    expect(pairedTest({ a: [4, 2, 0], b: [0, 0, 1], alternative: 'less' }).pValue).toBe(7 / 8);
    // Sums that differ only by rounding must count as equal.
    expect(pairedTest({ a: [0.1, 0.2, 0.3], b: [0, 0, 0] }).pValue).toBe(0.25);
    expect(pairedTest({ a: new Float32Array(16).fill(1), b: new Float32Array(16) }).pValue).toBe(2 / 2 ** 16);
  });

  it('draws patterns of many pairs: (extreme + 1) / (B + 1), near the exact value, the same for a seed', () => {
    const rng = createRng(2);
    const a = Array.from({ length: 17 }, () => rng.normal() + 0.4);
    const b = a.map(() => 0);
    const sum = a.reduce((x, y) => x + y);
    let extreme = 0;
    for (let pattern = 0; pattern < 2 ** 17; pattern++) {
      let flipped = 0;
      for (let i = 0; i < 17; i++) flipped += (pattern >> i) & 1 ? -a[i]! : a[i]!;
      if (Math.abs(flipped) >= Math.abs(sum) - 1e-12) extreme++;
    }
    const exact = extreme / 2 ** 17;
    const drawn = pairedTest({ a, b, permutations: 20_000, seed: 3 });
    expect(drawn).toMatchObject({ exact: false, permutations: 20_000 });
    expect(Math.abs(drawn.pValue! - exact)).toBeLessThan(4 * Math.sqrt((exact * (1 - exact)) / 20_000) + 1e-4);
    expect(pairedTest({ a, b, permutations: 20_000, seed: 3 })).toEqual(drawn);
    expect(drawn.pValue).toMatchInlineSnapshot(`0.03969801509924504`);
    expect(pairedTest({ a: new Array(40).fill(1), b: new Array(40).fill(0), permutations: 99 }).pValue).toBe(1 / 100);
    expect(pairedTest({ a: new Array(40).fill(1), b: new Array(40).fill(1), permutations: 99 }).pValue).toBe(1);
  });

  it("gives Student's t of a worked example", () => {
    // Differences 1, 2, 3, 4: mean 2.5, variance 5/3, t = 2.5 / sqrt(5/12) = 3.872983, 3 degrees of freedom.
    const test = pairedTest({ a: [1, 2, 3, 4], b: [0, 0, 0, 0], method: 't' });
    expect(test.statistic).toBeCloseTo(2.5 / Math.sqrt(5 / 12), 13);
    // Closed form for 3 degrees of freedom.
    const t = test.statistic! / Math.sqrt(3);
    const two = 1 - (2 / Math.PI) * (t / (1 + t * t) + Math.atan(t));
    expect(test.pValue).toBeCloseTo(two, 13);
    expect(pairedTest({ a: [1, 2, 3, 4], b: [0, 0, 0, 0], method: 't', alternative: 'greater' }).pValue).toBeCloseTo(
      two / 2,
      13,
    );
    expect(pairedTest({ a: [1, 2, 3, 4], b: [0, 0, 0, 0], method: 't', alternative: 'less' }).pValue).toBeCloseTo(
      1 - two / 2,
      13,
    );
    expect(pairedTest({ a: [1], b: [0], method: 't' }).pValue).toBeNull();
    expect(pairedTest({ a: [1, 2], b: [1, 2], method: 't' })).toMatchObject({ statistic: null, pValue: 1 });
    expect(pairedTest({ a: [1, 2], b: [0, 1], method: 't' })).toMatchObject({ statistic: null, pValue: 0 });
  });

  it('gives the exact McNemar test', () => {
    // 5 against 1 of 6: 2 x (6 + 1) / 64.
    const a = [1, 1, 1, 1, 1, 0, 1, 0];
    const b = [0, 0, 0, 0, 0, 1, 1, 0];
    const test = pairedTest({ a, b, method: 'mcnemar' });
    expect(test).toMatchObject({ wins: 5, losses: 1, draws: 2, exact: true });
    expect(test.pValue).toBeCloseTo(14 / 64, 14);
    expect(test.statistic).toBeCloseTo(9 / 6, 14);
    expect(pairedTest({ a: [true, false], b: [true, false], method: 'mcnemar' }).pValue).toBe(1);
    expect(pairedTest({ a: [true, false], b: [false, true], method: 'mcnemar' })).toMatchObject({
      statistic: 0,
      pValue: 1,
    });
  });

  it('leaves out undefined pairs, and is null for none', () => {
    expect(pairedTest({ a: [4, null, 2, 1, 9], b: [0, 3, 0, 0, null] })).toMatchObject({ n: 3, pValue: 0.25 });
    for (const method of ['permutation', 't', 'mcnemar'] as const)
      expect(pairedTest({ a: [], b: [], method })).toMatchObject({ n: 0, meanDifference: null, pValue: null });
  });

  it('refuses bad input by code', () => {
    expect(code(() => pairedTest({ a: [1], b: [1, 2] }))).toBe('INVALID_ARGUMENT');
    expect(code(() => pairedTest({ a: [Number.NaN], b: [1] }))).toBe('NON_FINITE');
    expect(code(() => pairedTest({ a: [0.5], b: [1], method: 'mcnemar' }))).toBe('INVALID_ARGUMENT');
    expect(code(() => pairedTest({ a: [1], b: [1], method: 'sign' as 't' }))).toBe('INVALID_ARGUMENT');
    expect(code(() => pairedTest({ a: [1], b: [1], permutations: 0 }))).toBe('INVALID_ARGUMENT');
  });
});

describe('bootstrap', () => {
  it('covers the mean about as often as it says, with the standard error of the mean', () => {
    const rng = createRng(6);
    let covered = 0;
    for (let round = 0; round < 200; round++) {
      const values = Array.from({ length: 40 }, rng.normal);
      const { low, high } = bootstrap({ values, resamples: 400, seed: round });
      if (low! <= 0 && high! >= 0) covered++;
    }
    expect(covered).toBeGreaterThan(176);
    expect(covered).toBeLessThan(200);
    const values = Array.from({ length: 50 }, rng.uniform);
    const mean = values.reduce((a, b) => a + b) / 50;
    const deviation = Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / 50);
    const result = bootstrap({ values, seed: 1 });
    expect(result.estimate).toBeCloseTo(mean, 13);
    expect(result.standardError! / (deviation / Math.sqrt(50))).toBeCloseTo(1, 1);
  });

  it('gives the same interval for a seed on every host', () => {
    const { low, high } = bootstrap({ values: [0.2, 0.4, 0.9, 0.5, null], resamples: 1000, seed: 4 });
    expect([low, high]).toMatchInlineSnapshot(`
      [
        0.27499999999999997,
        0.775,
      ]
    `);
  });

  it('takes any statistic; equal values leave no doubt, none leave nothing', () => {
    const largest = bootstrap({ values: [1, 2, 3], statistic: (sample) => Math.max(...sample), resamples: 200 });
    expect(largest).toMatchObject({ estimate: 3, high: 3 });
    expect(bootstrap({ values: [0.5, 0.5] })).toMatchObject({ estimate: 0.5, low: 0.5, high: 0.5, standardError: 0 });
    expect(bootstrap({ values: [] })).toMatchObject({ n: 0, estimate: null, low: null, high: null });
    expect(code(() => bootstrap({ values: [1], confidence: 95 }))).toBe('INVALID_ARGUMENT');
    expect(code(() => bootstrap({ values: [1], resamples: 0 }))).toBe('INVALID_ARGUMENT');
    expect(code(() => bootstrap({ values: [Number.NaN] }))).toBe('NON_FINITE');
  });
});

describe('adjustPValues', () => {
  // Sorted: 0.005 0.01 0.03 0.04.
  const pValues = [0.01, 0.04, 0.03, 0.005];

  it('steps down (Holm) and up (Benjamini-Hochberg)', () => {
    expectNear(adjustPValues(pValues), [0.03, 0.06, 0.06, 0.02]);
    expectNear(adjustPValues(pValues, { method: 'benjamini-hochberg' }), [0.02, 0.04, 0.04, 0.02]);
    expectNear(adjustPValues(pValues, { method: 'bonferroni' }), [0.04, 0.16, 0.12, 0.02]);
    expectNear(adjustPValues([0.6, 0.9]), [1, 1]);
  });

  it('keeps the place of what cannot be tested', () => {
    expect(adjustPValues([null, 0.02, null])).toEqual([null, 0.02, null]);
    expect(adjustPValues([])).toEqual([]);
    expect(code(() => adjustPValues([1.2]))).toBe('INVALID_ARGUMENT');
    expect(code(() => adjustPValues([0.1], { method: 'sidak' as 'holm' }))).toBe('INVALID_ARGUMENT');
  });
});

describe('confidenceInterval', () => {
  it('has the population and the sample form', () => {
    const { mean, halfWidth95, studentHalfWidth95 } = confidenceInterval([0.5, 0.7]);
    expect(mean).toBeCloseTo(0.6, 15);
    expect(halfWidth95).toBeCloseTo((1.96 * 0.1) / Math.sqrt(2), 14);
    expect(studentHalfWidth95).toBeCloseTo(12.7062 * 0.1, 5);
    expect(confidenceInterval([1])).toEqual({ count: 1, mean: 1, halfWidth95: 0, studentHalfWidth95: null });
    expect(confidenceInterval(Array.from({ length: 20 }, () => 1))).toMatchObject({ mean: 1, halfWidth95: 0 });
    expect(confidenceInterval([])).toEqual({ count: 0, mean: null, halfWidth95: null, studentHalfWidth95: null });
  });
});

function expectNear(received: readonly (number | null)[], expected: readonly number[]) {
  received.forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i]!, 14);
  });
}
