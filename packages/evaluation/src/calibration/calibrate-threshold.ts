import { NearkinError } from '@nearkin/core';
import { assertShare, type Numbers } from '../numbers/check.js';
import { splitScores, thresholdSweep } from '../open-set/threshold-sweep.js';

export interface CalibrateThresholdOptions {
  /** Similarities, higher is better. Or give `distances`. */
  readonly scores?: Numbers | undefined;
  /** Distances, lower is better; the threshold is then a distance too. */
  readonly distances?: Numbers | undefined;
  /** For each score or distance: should it be accepted? */
  readonly isMatch: ArrayLike<boolean | number>;
  /** What to reach; default `f1`. `precision` and `far` need `target`. */
  readonly objective?: 'f1' | 'precision' | 'far' | undefined;
  /** The least precision, or the largest false accept rate. */
  readonly target?: number | undefined;
}

/** Plain JSON. */
export interface ThresholdCalibration {
  readonly objective: 'f1' | 'precision' | 'far';
  readonly target: number | null;
  /** Accept scores of at least, or distances of at most this; null when no threshold reaches the target. */
  readonly threshold: number | null;
  /** At the threshold; null when undefined: nothing accepted, nothing to accept, nothing to refuse. */
  readonly precision: number | null;
  readonly recall: number | null;
  readonly f1: number | null;
  /** Share of what should be refused that is accepted. */
  readonly far: number | null;
  /** How many are accepted. */
  readonly accepted: number;
}

/**
 * The best threshold for accepting an answer, from examples.
 *
 * - `f1`: the largest F1
 * - `precision`: the largest recall with at least this precision
 * - `far`: the largest recall with at most this false accept rate
 *
 * The thresholds tried are the observed values, nearest first; of equal maxima the last one stands, the one that
 * accepts the most. Pass the result as `unknownBelow` of a classifier.
 *
 * @throws {NearkinError} `INVALID_ARGUMENT` when lengths disagree or a target is missing, `NON_FINITE`
 * @source TensorFlow Similarity 0.18, `F1Score` calibration: the last of equal maxima over ascending distance
 * @example
 * const { threshold } = calibrateThreshold({ scores: [0.9, 0.8, 0.6, 0.3], isMatch: [1, 1, 0, 0] });
 * console.log(threshold); // 0.8
 */
export function calibrateThreshold(options: CalibrateThresholdOptions): ThresholdCalibration {
  const { scores, distances, isMatch, objective = 'f1', target } = options;
  if ((scores === undefined) === (distances === undefined))
    throw new NearkinError('INVALID_ARGUMENT', 'Expected either scores or distances.');
  if (objective !== 'f1' && objective !== 'precision' && objective !== 'far')
    throw new NearkinError('INVALID_ARGUMENT', `Expected the objective f1, precision or far, got ${objective}.`, {
      details: { objective },
    });
  if (objective !== 'f1') {
    if (target === undefined) throw new NearkinError('INVALID_ARGUMENT', `The objective ${objective} needs a target.`);
    assertShare('target', target);
  }
  const values = scores ?? Array.from(distances!, (distance) => -distance);
  const name = scores ? 'scores' : 'distances';
  const sweep = thresholdSweep(splitScores(values, isMatch, [name, 'isMatch']));
  const { truePositives, falsePositives, positives, negatives } = sweep;

  let best = 0;
  let bestValue = Number.NEGATIVE_INFINITY;
  for (let i = 1; i < sweep.thresholds.length; i++) {
    const value = worth(truePositives[i]!, falsePositives[i]!);
    if (value === null || value < bestValue) continue;
    best = i;
    bestValue = value;
  }
  const tp = truePositives[best]!;
  const accepted = tp + falsePositives[best]!;
  const threshold = sweep.thresholds[best]!;
  return {
    objective,
    target: objective === 'f1' ? null : target!,
    threshold: best === 0 ? null : scores ? threshold : 0 - threshold,
    precision: accepted === 0 ? null : tp / accepted,
    recall: positives === 0 ? null : tp / positives,
    f1: positives === 0 ? null : (2 * tp) / (accepted + positives),
    far: negatives === 0 ? null : falsePositives[best]! / negatives,
    accepted,
  };

  /** What is to be as large as possible; null where the threshold is out of the question. */
  function worth(tp: number, fp: number): number | null {
    if (positives === 0 && objective !== 'far') return null;
    if (objective === 'f1') return (2 * tp) / (tp + fp + positives);
    if (objective === 'precision') return tp >= target! * (tp + fp) - 1e-12 ? tp : null;
    return fp <= target! * negatives + 1e-9 ? tp : null;
  }
}
