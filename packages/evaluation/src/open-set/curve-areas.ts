import type { ThresholdSweep } from './threshold-sweep.js';

/** Probability that a positive scores above a negative, ties counting half; null without one of either. */
export function areaUnderRoc(sweep: ThresholdSweep): number | null {
  const { truePositives: tp, falsePositives: fp, positives, negatives } = sweep;
  if (positives === 0 || negatives === 0) return null;
  let area = 0;
  for (let i = 1; i < tp.length; i++) area += ((fp[i]! - fp[i - 1]!) * (tp[i]! + tp[i - 1]!)) / 2;
  return area / positives / negatives;
}

/**
 * Area under precision and recall as average precision: sum of precision x gain in recall, without interpolation.
 * Null without positives or without negatives.
 *
 * @source Davis and Goadrich, ICML 2006, on why linear interpolation is too optimistic
 */
export function areaUnderPrecisionRecall(sweep: ThresholdSweep): number | null {
  const { truePositives: tp, falsePositives: fp, positives, negatives } = sweep;
  if (positives === 0 || negatives === 0) return null;
  let area = 0;
  for (let i = 1; i < tp.length; i++) area += ((tp[i]! - tp[i - 1]!) / positives) * (tp[i]! / (tp[i]! + fp[i]!));
  return area;
}

/** Smallest false positive rate of a threshold that accepts at least this share of the positives. */
export function falsePositiveRateAt(sweep: ThresholdSweep, truePositiveRate: number): number | null {
  const { truePositives: tp, falsePositives: fp, positives, negatives } = sweep;
  if (positives === 0 || negatives === 0) return null;
  // A share that is a whole number of positives must not be missed by rounding.
  const needed = Math.ceil(truePositiveRate * positives - 1e-9);
  const at = tp.findIndex((count) => count >= needed);
  return fp[at]! / negatives;
}

/**
 * The rate at which as many negatives are accepted as positives are refused. Between two thresholds the curve is
 * taken as straight.
 */
export function equalErrorRate(sweep: ThresholdSweep): number | null {
  const { truePositives: tp, falsePositives: fp, positives, negatives } = sweep;
  if (positives === 0 || negatives === 0) return null;
  let accepted = 0;
  let refused = 1;
  for (let i = 1; i < tp.length; i++) {
    const nextAccepted = fp[i]! / negatives;
    const nextRefused = 1 - tp[i]! / positives;
    if (nextAccepted >= nextRefused) {
      const gap = refused - accepted;
      const nextGap = nextRefused - nextAccepted;
      const share = gap / (gap - nextGap);
      return accepted + share * (nextAccepted - accepted);
    }
    accepted = nextAccepted;
    refused = nextRefused;
  }
  return 1;
}

/** The last threshold, going down, at which at most this share of the negatives is accepted. */
export function loosestWithin(sweep: ThresholdSweep, falsePositiveRate: number): number {
  const { falsePositives: fp, negatives } = sweep;
  const allowed = Math.floor(falsePositiveRate * negatives + 1e-9);
  let last = 0;
  for (let i = 0; i < fp.length; i++) if (fp[i]! <= allowed) last = i;
  return last;
}
