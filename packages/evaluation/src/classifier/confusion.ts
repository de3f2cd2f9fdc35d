import type { ClassifiedSample } from './evaluate-classifier.js';
import { type Proportion, proportion } from './wilson-interval.js';

/** How one class fared. */
export interface ClassEvaluation extends Proportion {
  readonly label: string;
  /** Samples of this class answered with "of no known class". */
  readonly rejected: number;
  /** How often this class was the answer, rightly or not, and not rejected. */
  readonly predicted: number;
  /** Share of these answers that were right; null when it was never the answer. */
  readonly precision: number | null;
}

/** One kind of mistake. */
export interface ConfusedPair {
  readonly expected: string;
  /** The class answered instead; null where the sample was rejected as of no known class. */
  readonly predicted: string | null;
  readonly count: number;
  /** Ids of the first samples of this kind. */
  readonly examples: readonly string[];
}

/** One entry for each class that has samples, in order of its first. */
export function perClassEvaluation(samples: readonly ClassifiedSample[]): ClassEvaluation[] {
  const tallies = new Map<string, { total: number; correct: number; rejected: number }>();
  const predicted = new Map<string, number>();
  for (const { label, correct, rejected, predicted: answer } of samples) {
    const tally = tallies.get(label) ?? { total: 0, correct: 0, rejected: 0 };
    tallies.set(label, tally);
    tally.total++;
    if (correct) tally.correct++;
    if (rejected) tally.rejected++;
    else predicted.set(answer, (predicted.get(answer) ?? 0) + 1);
  }
  return [...tallies].map(([label, { total, correct, rejected }]) => {
    const answers = predicted.get(label) ?? 0;
    return Object.freeze({
      label,
      ...proportion(correct, total),
      rejected,
      predicted: answers,
      precision: answers === 0 ? null : correct / answers,
    });
  });
}

/** Wrong answers by pair, most frequent first; equal ones in the order they were met. */
export function confusedPairs(samples: readonly ClassifiedSample[], examplesPerPair: number): ConfusedPair[] {
  const pairs = new Map<string, Map<string | null, string[]>>();
  for (const sample of samples) {
    if (sample.correct) continue;
    const answer = sample.rejected ? null : sample.predicted;
    const row = pairs.get(sample.label) ?? new Map<string | null, string[]>();
    pairs.set(sample.label, row);
    const ids = row.get(answer);
    if (ids) ids.push(sample.id);
    else row.set(answer, [sample.id]);
  }
  const list = [...pairs].flatMap(([expected, row]) =>
    [...row].map(([predicted, ids]) =>
      Object.freeze({ expected, predicted, count: ids.length, examples: Object.freeze(ids.slice(0, examplesPerPair)) }),
    ),
  );
  return list.sort((a, b) => b.count - a.count);
}
