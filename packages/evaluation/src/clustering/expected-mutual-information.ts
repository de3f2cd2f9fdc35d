import { logGamma } from '../numbers/student-t.js';
import type { Contingency } from './contingency.js';

/**
 * Mutual information, in nats, that two partitions of these sizes have on average when items are dealt at random.
 * Cost: number of different row sizes x different column sizes x their smaller size.
 *
 * @source Vinh, Epps and Bailey, "Information Theoretic Measures for Clusterings Comparison", JMLR 2010, section 4
 */
export function expectedMutualInformation({ n, rows, columns }: Contingency): number {
  const logFactorial = new Float64Array(n + 1);
  for (let i = 2; i <= n; i++) logFactorial[i] = i < 256 ? logFactorial[i - 1]! + Math.log(i) : logGamma(i + 1);
  let sum = 0;
  for (const [a, rowCount] of sizesOf(rows)) {
    for (const [b, columnCount] of sizesOf(columns)) {
      const fixed =
        logFactorial[a]! + logFactorial[b]! + logFactorial[n - a]! + logFactorial[n - b]! - logFactorial[n]!;
      let part = 0;
      for (let cell = Math.max(1, a + b - n); cell <= Math.min(a, b); cell++) {
        const logProbability =
          fixed -
          logFactorial[cell]! -
          logFactorial[a - cell]! -
          logFactorial[b - cell]! -
          logFactorial[n - a - b + cell]!;
        part += (cell / n) * Math.log((n * cell) / (a * b)) * Math.exp(logProbability);
      }
      sum += rowCount * columnCount * part;
    }
  }
  return sum;
}

function sizesOf(parts: readonly number[]): Map<number, number> {
  const sizes = new Map<number, number>();
  for (const size of parts) sizes.set(size, (sizes.get(size) ?? 0) + 1);
  return sizes;
}
