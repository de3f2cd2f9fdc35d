import { NearkinError } from '@nearkin/core';

/** `holm` and `bonferroni` bound the chance of any false alarm, `benjamini-hochberg` the share of false ones among the alarms. */
export type PValueAdjustment = 'holm' | 'benjamini-hochberg' | 'bonferroni';

/**
 * Adjusts p values for the number of comparisons; compare the result with the level, such as 0.05.
 *
 * @param pValues in any order; null (no test possible) stays null and does not count
 * @param options.method default `holm`
 * @returns adjusted values in the given order, at most 1
 * @throws {NearkinError} `INVALID_ARGUMENT` for values outside 0 to 1
 * @source Holm, Scandinavian Journal of Statistics 1979; Benjamini and Hochberg, JRSS B 1995
 * @example
 * adjustPValues([0.01, 0.04, 0.03]) // [0.03, 0.06, 0.06]
 */
export function adjustPValues(
  pValues: ArrayLike<number | null>,
  options: { readonly method?: PValueAdjustment | undefined } = {},
): (number | null)[] {
  const { method = 'holm' } = options;
  const given = Array.from(pValues);
  for (const [i, p] of given.entries())
    if (p !== null && !(p >= 0 && p <= 1))
      throw new NearkinError('INVALID_ARGUMENT', `Expected p values from 0 to 1, got ${p} at index ${i}.`, {
        details: { index: i, value: p },
      });
  const order = given.flatMap((p, i) => (p === null ? [] : [i])).sort((i, j) => given[i]! - given[j]! || i - j);
  const count = order.length;
  const adjusted: (number | null)[] = given.map(() => null);
  if (method === 'bonferroni') for (const i of order) adjusted[i] = Math.min(1, count * given[i]!);
  else if (method === 'holm') {
    let largest = 0;
    order.forEach((i, rank) => {
      largest = Math.max(largest, (count - rank) * given[i]!);
      adjusted[i] = Math.min(1, largest);
    });
  } else if (method === 'benjamini-hochberg') {
    let smallest = 1;
    for (let rank = count; rank >= 1; rank--) {
      const i = order[rank - 1]!;
      smallest = Math.min(smallest, (given[i]! * count) / rank);
      adjusted[i] = smallest;
    }
  } else
    throw new NearkinError(
      'INVALID_ARGUMENT',
      `Expected the method holm, benjamini-hochberg or bonferroni, got ${method}.`,
      { details: { method } },
    );
  return adjusted;
}
