import type { Rng } from '@nearkin/core';

/** To this many pairs all sign patterns are counted. */
const exactPairs = 16;

/**
 * Share of sign patterns of the differences whose sum is at least as extreme as the observed one.
 *
 * @returns p null for no differences
 */
export function signFlips(
  differences: Float64Array,
  options: {
    readonly alternative: 'two-sided' | 'greater' | 'less';
    readonly permutations: number;
    readonly rng: Rng;
  },
): { pValue: number | null; exact: boolean; permutations: number } {
  const { alternative, permutations, rng } = options;
  const n = differences.length;
  if (n === 0) return { pValue: null, exact: true, permutations: 0 };
  const measure = (sum: number) =>
    alternative === 'two-sided' ? Math.abs(sum) : alternative === 'greater' ? sum : -sum;
  const observed = measure(differences.reduce((total, value) => total + value, 0));
  // A pattern that equals the observed one up to the order of additions must count.
  const slack = 1e-12 * differences.reduce((total, value) => total + Math.abs(value), 0);

  let extreme = 0;
  if (n <= exactPairs) {
    const patterns = 2 ** n;
    for (let pattern = 0; pattern < patterns; pattern++) {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += (pattern >> i) & 1 ? -differences[i]! : differences[i]!;
      if (measure(sum) >= observed - slack) extreme++;
    }
    return { pValue: extreme / patterns, exact: true, permutations: patterns };
  }
  for (let round = 0; round < permutations; round++) {
    let sum = 0;
    let bits = 0;
    for (let i = 0; i < n; i++) {
      if (i % 32 === 0) bits = rng.uint32();
      sum += bits & 1 ? -differences[i]! : differences[i]!;
      bits >>>= 1;
    }
    if (measure(sum) >= observed - slack) extreme++;
  }
  return { pValue: (extreme + 1) / (permutations + 1), exact: false, permutations };
}
