import { NearkinError } from '@nearkin/core';
import { normalQuantile } from './normal-quantile.js';

/** A share of counted cases with the interval that its true value lies in. */
export interface Proportion {
  readonly correct: number;
  readonly total: number;
  /** `correct / total`, 0 to 1; null when nothing was counted. */
  readonly value: number | null;
  /** Lower end of the 95 % Wilson interval. */
  readonly low: number;
  /** Upper end of the 95 % Wilson interval. */
  readonly high: number;
}

/**
 * Wilson's score interval for a share: stays inside 0 to 1 and is honest for few cases and for shares near 0 and 1,
 * where the textbook `p ± 1.96 s` is not. Of no cases nothing is known: 0 to 1.
 *
 * @param correct cases that count, 0 to `total`
 * @param options.confidence chance that such an interval holds the true share; default 0.95
 * @throws {NearkinError} `INVALID_ARGUMENT` for counts that are not whole, negative or too large, or a confidence
 *   outside 0 to 1
 * @source E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927)
 * @example
 * wilsonInterval(15, 148) // { low: 0.0624, high: 0.1605 }, rounded
 */
export function wilsonInterval(
  correct: number,
  total: number,
  options: { readonly confidence?: number | undefined } = {},
): { low: number; high: number } {
  const { confidence = 0.95 } = options;
  if (!Number.isSafeInteger(correct) || !Number.isSafeInteger(total) || correct < 0 || correct > total)
    throw new NearkinError('INVALID_ARGUMENT', `Expected 0 to total cases to count, got ${correct} of ${total}.`, {
      details: { correct, total },
    });
  if (!(confidence > 0 && confidence < 1))
    throw new NearkinError('INVALID_ARGUMENT', `Expected a confidence between 0 and 1, got ${confidence}.`, {
      details: { confidence },
    });
  if (total === 0) return { low: 0, high: 1 };
  const z = normalQuantile(0.5 + confidence / 2);
  const share = correct / total;
  const shrink = 1 + (z * z) / total;
  const centre = (share + (z * z) / (2 * total)) / shrink;
  const half = (z / shrink) * Math.sqrt((share * (1 - share)) / total + (z * z) / (4 * total * total));
  // Rounding must not leave 1e-17 where the formula gives 0, or its mirror at 1.
  return { low: correct === 0 ? 0 : centre - half, high: correct === total ? 1 : centre + half };
}

/** A share with its 95 % Wilson interval. */
export function proportion(correct: number, total: number): Proportion {
  return Object.freeze({
    correct,
    total,
    value: total === 0 ? null : correct / total,
    ...wilsonInterval(correct, total),
  });
}
