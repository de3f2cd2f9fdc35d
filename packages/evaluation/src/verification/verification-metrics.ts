import { NearkinError } from '@nearkin/core';
import { assertShare, type Numbers } from '../numbers/check.js';
import { areaUnderRoc, equalErrorRate, loosestWithin } from '../open-set/curve-areas.js';
import { splitScores, thresholdSweep } from '../open-set/threshold-sweep.js';

export interface VerificationMetricsOptions {
  /** Similarity of pairs of the same class, higher is nearer. Or give `scores` with `isMatch`. */
  readonly genuine?: Numbers | undefined;
  /** Similarity of pairs of different classes. */
  readonly impostor?: Numbers | undefined;
  readonly scores?: Numbers | undefined;
  /** For each of `scores`: are the two of the same class? */
  readonly isMatch?: ArrayLike<boolean | number> | undefined;
  /** False match rates; default `[0.1, 0.01, 0.001]`. */
  readonly fmr?: number | Numbers | undefined;
}

/** Plain JSON; null where one of the two kinds is missing. */
export interface VerificationMetrics {
  readonly genuineCount: number;
  readonly impostorCount: number;
  readonly fnmrAtFmr: readonly {
    /** What was asked for. */
    readonly fmr: number;
    /** Share of genuine pairs refused. */
    readonly fnmr: number | null;
    /** Accept scores of at least this; null: accept nothing. */
    readonly threshold: number | null;
    /** Share of impostor pairs this threshold accepts: at most `fmr`. */
    readonly actualFmr: number | null;
  }[];
  /** Error rate where both errors are equal, straight between thresholds. */
  readonly eer: number | null;
  /** Probability that a genuine pair is nearer than an impostor pair, ties half. */
  readonly auroc: number | null;
}

/**
 * How well a similarity tells pairs of the same class from other pairs: the smallest share of genuine pairs refused
 * (false non-matches) while at most `fmr` of the impostor pairs are accepted.
 *
 * No threshold is made up between observed scores; equal scores are accepted together.
 *
 * @throws {NearkinError} `INVALID_ARGUMENT` when lengths disagree or a rate is not from 0 to 1, `NON_FINITE`
 * @source ISO/IEC 19795-1, "Biometric performance testing and reporting", 4.6
 * @example
 * const { fnmrAtFmr } = verificationMetrics({ genuine: [0.9, 0.6], impostor: [0.7, 0.2], fmr: 0.5 });
 * console.log(fnmrAtFmr[0].fnmr); // 0
 */
export function verificationMetrics(options: VerificationMetricsOptions): VerificationMetrics {
  const { genuine, impostor, scores, isMatch } = options;
  if (!(genuine && impostor) && !(scores && isMatch))
    throw new NearkinError('INVALID_ARGUMENT', 'Expected genuine and impostor scores, or scores with isMatch.');
  const sweep = thresholdSweep(
    genuine && impostor
      ? { positive: genuine, negative: impostor }
      : splitScores(scores!, isMatch!, ['scores', 'isMatch']),
  );
  const rates = typeof options.fmr === 'number' ? [options.fmr] : Array.from(options.fmr ?? [0.1, 0.01, 0.001]);
  for (const rate of rates) assertShare('fmr', rate);
  const { positives, negatives } = sweep;
  return {
    genuineCount: positives,
    impostorCount: negatives,
    fnmrAtFmr: rates.map((fmr) => {
      if (positives === 0 || negatives === 0) return { fmr, fnmr: null, threshold: null, actualFmr: null };
      const at = loosestWithin(sweep, fmr);
      return {
        fmr,
        fnmr: 1 - sweep.truePositives[at]! / positives,
        threshold: at === 0 ? null : sweep.thresholds[at]!,
        actualFmr: sweep.falsePositives[at]! / negatives,
      };
    }),
    eer: equalErrorRate(sweep),
    auroc: areaUnderRoc(sweep),
  };
}
