import { describe, expect, it } from 'vitest';
import { incompleteBeta, logGamma, studentQuantile, studentTwoSided } from './student-t.js';

describe('student t', () => {
  it('has the closed forms of one, two and four degrees of freedom', () => {
    for (const t of [0.01, 0.3, 1, 2.5, 12, 300]) {
      expect(studentTwoSided(t, 1)).toBeCloseTo(1 - (2 / Math.PI) * Math.atan(t), 13);
      expect(studentTwoSided(-t, 2)).toBeCloseTo(1 - t / Math.sqrt(2 + t * t), 13);
      const x = t / Math.sqrt(4 + t * t);
      expect(studentTwoSided(t, 4)).toBeCloseTo(1 - 1.5 * x + 0.5 * x ** 3, 13);
    }
  });

  it('has the quantiles of the printed tables', () => {
    expect(studentQuantile(0.95, 1)).toBeCloseTo(12.7062, 4);
    expect(studentQuantile(0.95, 10)).toBeCloseTo(2.228139, 6);
    expect(studentQuantile(0.99, 30)).toBeCloseTo(2.749996, 6);
    // The expansion by Fisher and Cornish, to 1 / n^2.
    const z = 1.959963985;
    const series = z + (z ** 3 + z) / (4 * 599) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * 599 ** 2);
    expect(studentQuantile(0.95, 599)).toBeCloseTo(series, 7);
    expect(studentQuantile(0.95, 1e8)).toBeCloseTo(1.959964, 5);
  });

  it('sums binomial tails', () => {
    // P(X >= 3), X binomial with 5 trials of 1/2: (10 + 5 + 1) / 32.
    expect(incompleteBeta(0.5, 3, 3)).toBeCloseTo(16 / 32, 14);
    expect(incompleteBeta(0.5, 4, 2)).toBeCloseTo(6 / 32, 14);
    expect([incompleteBeta(0, 2, 3), incompleteBeta(1, 2, 3)]).toEqual([0, 1]);
  });

  it('has the logarithms of factorials', () => {
    let sum = 0;
    for (let n = 1; n < 150; n++) {
      expect(logGamma(n)).toBeCloseTo(sum, 11);
      sum += Math.log(n);
    }
    expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.sqrt(Math.PI)), 13);
  });
});
