import { NearkinError } from '@nearkin/core';
import { type ClassifiedSample, calibrateThreshold, type Proportion, wilsonInterval } from '@nearkin/evaluation';

/** What a threshold is to reach; nothing: the best F1. */
export interface CalibrationGoal {
  readonly targetPrecision?: number | undefined;
  readonly targetFar?: number | undefined;
}

/** A threshold and what it gives on the pictures it was found by. */
export interface ClassifierCalibration {
  readonly objective: 'f1' | 'precision' | 'far';
  readonly target: number | null;
  /** Answers with a lower score are "unknown". */
  readonly threshold: number;
  /** Right answers, of those that are given. */
  readonly precision: Proportion;
  /** Right answers that are given, of all right ones. */
  readonly recall: Proportion;
  /** Wrong answers that are given, of all wrong ones, pictures of unknown classes among them. */
  readonly falseAcceptRate: Proportion;
  /** Answers that are given, of all. */
  readonly coverage: Proportion;
  /** Pictures of classes that the classifier does not know and that it names nevertheless. */
  readonly unknownAccepted: Proportion;
}

/** Rounding differs between batches: the threshold lies this far below the lowest score that it lets pass. */
const slack = 1e-5;

/**
 * Finds the threshold below which first answers are to be "unknown".
 *
 * @param samples what the classifier said, whatever its threshold is now
 * @param options.labels the classes that it knows
 * @throws {NearkinError} `NO_POSITIVES` when no answer is right, `INVALID_ARGUMENT` when no threshold reaches the target
 */
export function calibrateClassifier(
  samples: readonly ClassifiedSample[],
  options: CalibrationGoal & { readonly labels: readonly string[] },
): ClassifierCalibration {
  const { targetPrecision, targetFar } = options;
  const scores = samples.map(({ score }) => score);
  const isRight = samples.map(({ label, predicted }) => predicted === label);
  if (!isRight.includes(true))
    throw new NearkinError(
      'NO_POSITIVES',
      'No answer is right, so no threshold can tell right from wrong; are the albums named like the classes?',
      { details: { pictures: samples.length } },
    );
  const objective = targetPrecision !== undefined ? 'precision' : targetFar !== undefined ? 'far' : 'f1';
  const found = calibrateThreshold({ scores, isMatch: isRight, objective, target: targetPrecision ?? targetFar });
  if (found.threshold === null)
    throw new NearkinError(
      'INVALID_ARGUMENT',
      `No threshold reaches ${objective === 'far' ? 'a false accept rate' : 'a precision'} of ${found.target}: the surest answers are wrong. Expected a target that can be reached; the model was left as it was.`,
      { details: { objective, target: found.target } },
    );
  const lowest = found.threshold;
  const below = scores.reduce((most, score) => (score < lowest ? Math.max(most, score) : most), -Infinity);
  const threshold = Math.max(lowest - slack, (lowest + below) / 2);
  const known = new Set(options.labels);
  const accepted = scores.map((score) => score >= threshold);
  const share = (among: readonly boolean[], counts: readonly boolean[]) =>
    proportion(among.filter((is, i) => is && counts[i]).length, among.filter(Boolean).length);
  return {
    objective,
    target: found.target,
    threshold,
    precision: share(accepted, isRight),
    recall: share(isRight, accepted),
    falseAcceptRate: share(
      isRight.map((right) => !right),
      accepted,
    ),
    coverage: share(
      samples.map(() => true),
      accepted,
    ),
    unknownAccepted: share(
      samples.map(({ label }) => !known.has(label)),
      accepted,
    ),
  };
}

function proportion(correct: number, total: number): Proportion {
  return { correct, total, value: total === 0 ? null : correct / total, ...wilsonInterval(correct, total) };
}
