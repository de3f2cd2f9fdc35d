import { NearkinError } from '@nearkin/core';
import { assertSameLength, assertShare, type Numbers } from '../numbers/check.js';
import {
  areaUnderPrecisionRecall,
  areaUnderRoc,
  equalErrorRate,
  falsePositiveRateAt,
  loosestWithin,
} from './curve-areas.js';
import { splitScores, thresholdSweep } from './threshold-sweep.js';

export interface OpenSetMetricsOptions {
  /** Best score of each input of a known class; higher means surer. Or give `scores` with `isKnown`. */
  readonly known?: Numbers | undefined;
  /** Best score of each input of no known class. */
  readonly unknown?: Numbers | undefined;
  readonly scores?: Numbers | undefined;
  /** For each of `scores`: is the input of a known class? */
  readonly isKnown?: ArrayLike<boolean | number> | undefined;
  /**
   * Was the label right? One for each of `known`, or for each of `scores` (those of unknown inputs do not count).
   * Needed for `dirAtFar`.
   */
  readonly correct?: ArrayLike<boolean | number> | undefined;
  /** False alarm rates of `dirAtFar`; default `[0.01, 0.1]`. */
  readonly far?: number | Numbers | undefined;
}

/** Plain JSON; null where one of the two kinds is missing. */
export interface OpenSetMetrics {
  readonly knownCount: number;
  readonly unknownCount: number;
  /** Probability that a known input scores above an unknown one, ties half. */
  readonly auroc: number | null;
  /** Average precision with the known, or the unknown inputs as what is looked for. */
  readonly auprKnown: number | null;
  readonly auprUnknown: number | null;
  /** Share of unknown inputs accepted by the strictest threshold that accepts 95 % of the known. */
  readonly fprAt95Tpr: number | null;
  /** Error rate where unknown accepted = known refused, straight between thresholds. */
  readonly eer: number | null;
  /** Detection and identification rate: known inputs accepted with the right label, at a false alarm rate; null without `correct`. */
  readonly dirAtFar:
    | readonly {
        /** What was asked for. */
        readonly far: number;
        /** Share of all known inputs that are accepted and right. */
        readonly dir: number | null;
        /** Accept scores of at least this; null: accept nothing. */
        readonly threshold: number | null;
        /** Share of unknown inputs this threshold accepts: at most `far`. */
        readonly actualFar: number | null;
      }[]
    | null;
}

/**
 * How well a score tells inputs of known classes from all others.
 *
 * A threshold accepts scores >= it, so equal scores are accepted together. With all scores equal: AUROC 0.5, AUPR the
 * share of what is looked for, FPR 1, EER 0.5.
 *
 * @throws {NearkinError} `INVALID_ARGUMENT` when lengths disagree or a rate is not from 0 to 1, `NON_FINITE`
 * @source Hendrycks and Gimpel, ICLR 2017 (AUROC, AUPR both ways); Liang, Li and Srikant, ICLR 2018 (FPR at 95 % TPR);
 *   Phillips, Grother and Micheals, "Handbook of Face Recognition" 2011, chapter 21 (detection and identification rate)
 * @example
 * const { auroc, eer } = openSetMetrics({ known: [0.9, 0.8, 0.4], unknown: [0.5, 0.3] });
 * console.log(auroc); // 0.8333333333333334
 */
export function openSetMetrics(options: OpenSetMetricsOptions): OpenSetMetrics {
  const { known, unknown, scores, isKnown, correct } = options;
  const fromLists = known !== undefined && unknown !== undefined;
  if (!fromLists && !(scores && isKnown))
    throw new NearkinError('INVALID_ARGUMENT', 'Expected known and unknown scores, or scores with isKnown.');
  const split = fromLists
    ? { positive: known, negative: unknown }
    : splitScores(scores!, isKnown!, ['scores', 'isKnown']);
  const sweep = thresholdSweep(split);
  const reversed = thresholdSweep({
    positive: Array.from(split.negative, (score) => -score),
    negative: Array.from(split.positive, (score) => -score),
  });
  const far = typeof options.far === 'number' ? [options.far] : Array.from(options.far ?? [0.01, 0.1]);
  for (const rate of far) assertShare('far', rate);
  if (correct) assertSameLength([fromLists ? 'known' : 'scores', 'correct'], fromLists ? known : scores!, correct);
  const right = correct && (fromLists ? correct : Array.from(correct).filter((_, i) => isKnown![i]));
  return {
    knownCount: sweep.positives,
    unknownCount: sweep.negatives,
    auroc: areaUnderRoc(sweep),
    auprKnown: areaUnderPrecisionRecall(sweep),
    auprUnknown: areaUnderPrecisionRecall(reversed),
    fprAt95Tpr: falsePositiveRateAt(sweep, 0.95),
    eer: equalErrorRate(sweep),
    dirAtFar: right
      ? far.map((rate) => {
          if (sweep.positives === 0 || sweep.negatives === 0)
            return { far: rate, dir: null, threshold: null, actualFar: null };
          const at = loosestWithin(sweep, rate);
          const threshold = sweep.thresholds[at]!;
          let found = 0;
          for (let i = 0; i < split.positive.length; i++) if (right[i] && split.positive[i]! >= threshold) found++;
          return {
            far: rate,
            dir: found / sweep.positives,
            threshold: at === 0 ? null : threshold,
            actualFar: sweep.falsePositives[at]! / sweep.negatives,
          };
        })
      : null,
  };
}
