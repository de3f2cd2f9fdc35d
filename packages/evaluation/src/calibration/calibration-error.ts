import { NearkinError } from '@nearkin/core';
import { assertCount, assertFiniteNumbers, assertSameLength, type Numbers } from '../numbers/check.js';

export interface CalibrationErrorOptions {
  /** Probability given to the answer, 0 to 1. Or give `probabilities` with `labels`. */
  readonly confidences?: Numbers | undefined;
  /** Was the answer right? */
  readonly correct?: ArrayLike<boolean | number> | undefined;
  /** `probabilities[i][c]` of every class; the answer is the largest, the first of equal ones. */
  readonly probabilities?: ArrayLike<Numbers> | undefined;
  /** Index of the right class of each row. */
  readonly labels?: Numbers | undefined;
  /** Number of bins of equal width; default 15. */
  readonly bins?: number | undefined;
}

/** Plain JSON; null for no answers. */
export interface CalibrationError {
  readonly count: number;
  /** Expected calibration error: mean over answers of |accuracy - confidence| of their bin. */
  readonly ece: number | null;
  /** Maximum calibration error: the largest such gap. */
  readonly mce: number | null;
  /** Brier score: mean squared error of the confidence, or, from probabilities, of all classes summed (0 to 2). */
  readonly brier: number | null;
  /** The reliability diagram: bin (low, high], the first with 0; mean confidence and accuracy, null when empty. */
  readonly bins: readonly {
    readonly low: number;
    readonly high: number;
    readonly count: number;
    readonly confidence: number | null;
    readonly accuracy: number | null;
  }[];
}

/**
 * Whether probabilities mean what they say: of the answers given with 80 %, 80 % should be right.
 *
 * @throws {NearkinError} `INVALID_ARGUMENT` when lengths disagree, a probability is not from 0 to 1, or a label is no
 *   class; `NON_FINITE`
 * @source Guo et al., "On Calibration of Modern Neural Networks", ICML 2017, section 2 (15 bins in its tables); Brier,
 *   Monthly Weather Review, 1950 (its multi-class form)
 * @example
 * calibrationError({ confidences: [0.9, 0.9, 0.6], correct: [1, 0, 1], bins: 10 }).ece // 0.4
 */
export function calibrationError(options: CalibrationErrorOptions): CalibrationError {
  const { bins = 15 } = options;
  assertCount('bins', bins);
  const { confidences, correct, brierSum } = readAnswers(options);
  const count = confidences.length;
  const sizes = new Array<number>(bins).fill(0);
  const confidenceSums = new Float64Array(bins);
  const rightSums = new Float64Array(bins);
  for (let i = 0; i < count; i++) {
    const bin = binOf(confidences[i]!, bins);
    sizes[bin]!++;
    confidenceSums[bin]! += confidences[i]!;
    rightSums[bin]! += correct[i] ? 1 : 0;
  }
  let ece = 0;
  let mce = 0;
  for (let bin = 0; bin < bins; bin++) {
    if (sizes[bin] === 0) continue;
    const difference = Math.abs(rightSums[bin]! - confidenceSums[bin]!);
    ece += difference / count;
    mce = Math.max(mce, difference / sizes[bin]!);
  }
  return {
    count,
    ece: count === 0 ? null : ece,
    mce: count === 0 ? null : mce,
    brier: count === 0 ? null : brierSum / count,
    bins: sizes.map((size, bin) => ({
      low: bin / bins,
      high: (bin + 1) / bins,
      count: size,
      confidence: size === 0 ? null : confidenceSums[bin]! / size,
      accuracy: size === 0 ? null : rightSums[bin]! / size,
    })),
  };
}

/** Bin i holds (i/bins, (i+1)/bins]; compared with the bounds themselves, for their products round. */
function binOf(confidence: number, bins: number): number {
  let bin = Math.min(bins - 1, Math.max(0, Math.ceil(confidence * bins) - 1));
  while (bin > 0 && confidence <= bin / bins) bin--;
  while (bin < bins - 1 && confidence > (bin + 1) / bins) bin++;
  return bin;
}

function readAnswers(options: CalibrationErrorOptions): {
  confidences: Numbers;
  correct: ArrayLike<boolean | number>;
  brierSum: number;
} {
  const { confidences, correct, probabilities, labels } = options;
  let brierSum = 0;
  if (confidences && correct) {
    assertSameLength(['confidences', 'correct'], confidences, correct);
    checkProbabilities('confidences', confidences);
    for (let i = 0; i < confidences.length; i++) brierSum += (confidences[i]! - (correct[i] ? 1 : 0)) ** 2;
    return { confidences, correct, brierSum };
  }
  if (!probabilities || !labels)
    throw new NearkinError('INVALID_ARGUMENT', 'Expected confidences with correct, or probabilities with labels.');
  assertSameLength(['probabilities', 'labels'], probabilities, labels);
  const best: number[] = [];
  const right: boolean[] = [];
  for (let i = 0; i < probabilities.length; i++) {
    const row = probabilities[i]!;
    const label = labels[i]!;
    checkProbabilities(`probabilities[${i}]`, row);
    if (!Number.isInteger(label) || label < 0 || label >= row.length)
      throw new NearkinError(
        'INVALID_ARGUMENT',
        `Expected labels from 0 to ${row.length - 1}, got ${label} in row ${i}.`,
        { details: { row: i, label } },
      );
    let top = 0;
    for (let c = 0; c < row.length; c++) {
      if (row[c]! > row[top]!) top = c;
      brierSum += (row[c]! - (c === label ? 1 : 0)) ** 2;
    }
    best.push(row[top]!);
    right.push(top === label);
  }
  return { confidences: best, correct: right, brierSum };
}

function checkProbabilities(name: string, values: Numbers): void {
  assertFiniteNumbers(name, values);
  for (let i = 0; i < values.length; i++)
    if (values[i]! < 0 || values[i]! > 1)
      throw new NearkinError(
        'INVALID_ARGUMENT',
        `Expected probabilities from 0 to 1 in ${name}, got ${values[i]} at index ${i}; are these similarities?`,
        { details: { name, index: i, value: values[i] } },
      );
}
