import { type Classification, NearkinError } from '@nearkin/core';
import { type ClassEvaluation, type ConfusedPair, confusedPairs, perClassEvaluation } from './confusion.js';
import { type Proportion, proportion } from './wilson-interval.js';

/** One picture that a classifier was asked about. */
export interface ClassifierSample {
  /** Unique among the samples. */
  readonly id: string;
  /** The true class. */
  readonly label: string;
  /** The classifier's answers, best first, at least one; five or more for the top-5 share. */
  readonly predictions: readonly Classification[];
  /** Anything that leads a reader back to the picture: a path, a URL. Passed through. */
  readonly image?: string | undefined;
}

/** What became of one sample. */
export interface ClassifiedSample {
  readonly id: string;
  readonly label: string;
  /** The first answer, rejected or not. */
  readonly predicted: string;
  readonly score: number;
  /** The gallery picture that decided the first answer. */
  readonly nearestId: string;
  /** The first answer was below the threshold: the classifier says "of no known class". */
  readonly rejected: boolean;
  /** The first answer is the true class and was not rejected. */
  readonly correct: boolean;
  /** Where the true class stands among the answers, from 1; null when it is not among them. */
  readonly rank: number | null;
  readonly image?: string;
}

/** What came of rejecting answers below the threshold. */
export interface RejectionCounts {
  /** Samples answered with "of no known class". */
  readonly rejected: number;
  /** Of these, how many had the true class as first answer: what the threshold costs. */
  readonly rejectedRight: number;
  /** Of these, how many had a wrong first answer of a class that is known: mistakes the threshold saves. */
  readonly rejectedWrong: number;
  /** Samples of classes that the classifier does not know. */
  readonly outside: number;
  /** Of these, how many were rejected, as they should be. */
  readonly outsideRejected: number;
}

/** How good a classifier is on samples it has not seen. Plain JSON values throughout. */
export interface ClassifierEvaluation {
  /** First answer right and not rejected, of all samples. */
  readonly top1: Proportion;
  /** True class among the first five answers and the sample not rejected; null when too few answers were given to tell. */
  readonly top5: Proportion | null;
  /** Mean over classes of their share of right answers: every class counts the same, however many samples it has. */
  readonly macroTop1: number;
  /** Classes that have samples, in order of their first. */
  readonly perClass: readonly ClassEvaluation[];
  /** Wrong answers by pair, most frequent first; equal ones in the order they were met. */
  readonly confusion: readonly ConfusedPair[];
  readonly unknown: RejectionCounts;
  /** Classes that were never the first answer, in order of `labels`, then of the samples. */
  readonly neverPredicted: readonly string[];
  /** Classes of the classifier without a sample; empty unless `labels` is given. */
  readonly untested: readonly string[];
  /** Labels of samples that the classifier does not know; empty unless `labels` is given. */
  readonly unknownLabels: readonly string[];
  /** Answers that every sample has at least: no share of the top k can be told for a greater k. */
  readonly depth: number;
  /** One entry a sample, in their order. */
  readonly samples: readonly ClassifiedSample[];
}

export interface EvaluateClassifierOptions {
  /** The classes that the classifier knows: `classifier.labels`. Without it only what stands in the answers is known. */
  readonly labels?: readonly string[] | undefined;
  /**
   * What to do with samples whose label is not among `labels`: `count` them (they can only be wrong, and the result
   * names the labels), or refuse with an `error`. Default `count`.
   */
  readonly unknownLabels?: 'count' | 'error' | undefined;
  /** Ids to keep as examples of each confused pair. Default 8. */
  readonly examplesPerPair?: number | undefined;
}

/**
 * Counts how often a classifier is right: top 1 and top 5 with 95 % Wilson intervals, per class, and which classes it
 * takes for which. A rejected sample ("of no known class") is never right, whatever the first answer was.
 *
 * @throws {NearkinError} `INVALID_ARGUMENT` for no samples, a sample without answers, a label answered twice or an
 *   unsound option; `DUPLICATE_ID`; `NON_FINITE` score; `UNKNOWN_LABEL` under `unknownLabels: 'error'`
 * @example
 * const answer = (label: string) => [{ label, score: 0.9, nearestId: `${label}/1.jpg`, unknown: false }];
 * const result = evaluateClassifier([
 *   { id: 'a.jpg', label: 'cat', predictions: answer('cat') },
 *   { id: 'b.jpg', label: 'dog', predictions: answer('cat') },
 * ]);
 * result.top1.value; // 0.5
 * result.confusion[0]; // { expected: 'dog', predicted: 'cat', count: 1, examples: ['b.jpg'] }
 */
export function evaluateClassifier(
  samples: readonly ClassifierSample[],
  options: EvaluateClassifierOptions = {},
): ClassifierEvaluation {
  const { labels, examplesPerPair = 8 } = options;
  if (!Number.isSafeInteger(examplesPerPair) || examplesPerPair < 0)
    throw new NearkinError('INVALID_ARGUMENT', `Expected examplesPerPair of at least 0, got ${examplesPerPair}.`, {
      details: { examplesPerPair },
    });
  assertSamples(samples);
  const known = new Set(labels ?? samples.flatMap((sample) => sample.predictions.map((answer) => answer.label)));
  const unknownLabels = labels ? [...new Set(samples.map((s) => s.label))].filter((label) => !known.has(label)) : [];
  if (options.unknownLabels === 'error' && unknownLabels.length > 0)
    throw new NearkinError(
      'UNKNOWN_LABEL',
      `Expected labels that the classifier knows, got ${quoteSome(unknownLabels)}; are the albums named alike?`,
      { details: { labels: unknownLabels } },
    );

  const classified = samples.map(classifySample);
  const answered = new Set(classified.map((sample) => sample.predicted));
  const tested = new Set(classified.map((sample) => sample.label));
  const perClass = perClassEvaluation(classified);
  const depth = samples.reduce((least, sample) => Math.min(least, sample.predictions.length), Infinity);
  const inTop5 = (sample: ClassifiedSample) => !sample.rejected && sample.rank !== null && sample.rank <= 5;
  return Object.freeze({
    top1: proportion(count(classified, isCorrect), samples.length),
    top5: depth < Math.min(5, known.size) ? null : proportion(count(classified, inTop5), samples.length),
    macroTop1: perClass.reduce((sum, entry) => sum + entry.correct / entry.total, 0) / perClass.length,
    perClass,
    confusion: confusedPairs(classified, examplesPerPair),
    unknown: rejectionCounts(classified, labels && known),
    neverPredicted: [...new Set([...(labels ?? []), ...tested])].filter((label) => !answered.has(label)),
    untested: (labels ?? []).filter((label) => !tested.has(label)),
    unknownLabels,
    depth,
    samples: classified,
  });
}

function assertSamples(samples: readonly ClassifierSample[]): void {
  if (samples.length === 0)
    throw new NearkinError('INVALID_ARGUMENT', 'Expected at least one sample to evaluate, got none.');
  const ids = new Set<string>();
  for (const { id, predictions } of samples) {
    if (ids.has(id))
      throw new NearkinError('DUPLICATE_ID', `The sample ${JSON.stringify(id)} stands twice; it would count twice.`, {
        details: { id },
      });
    ids.add(id);
    if (predictions.length === 0)
      throw new NearkinError(
        'INVALID_ARGUMENT',
        `Expected at least one answer for ${JSON.stringify(id)}, got none; leave out pictures that could not be read.`,
        { details: { id } },
      );
    const answers = new Set<string>();
    for (const { label, score } of predictions) {
      if (answers.has(label))
        throw new NearkinError(
          'INVALID_ARGUMENT',
          `Expected every label once among the answers for ${JSON.stringify(id)}, got ${JSON.stringify(label)} twice.`,
          { details: { id, label } },
        );
      answers.add(label);
      if (!Number.isFinite(score))
        throw new NearkinError('NON_FINITE', `Expected finite scores, got ${score} for ${JSON.stringify(id)}.`, {
          details: { id, label },
        });
    }
  }
}

function classifySample({ id, label, predictions, image }: ClassifierSample): ClassifiedSample {
  const first = predictions[0]!;
  const at = predictions.findIndex((answer) => answer.label === label);
  return Object.freeze({
    id,
    label,
    predicted: first.label,
    score: first.score,
    nearestId: first.nearestId,
    rejected: first.unknown,
    correct: at === 0 && !first.unknown,
    rank: at < 0 ? null : at + 1,
    ...(image === undefined ? {} : { image }),
  });
}

function rejectionCounts(samples: readonly ClassifiedSample[], known: Set<string> | undefined): RejectionCounts {
  const isOutside = (sample: ClassifiedSample) => known !== undefined && !known.has(sample.label);
  return Object.freeze({
    rejected: count(samples, (s) => s.rejected),
    rejectedRight: count(samples, (s) => s.rejected && s.rank === 1),
    rejectedWrong: count(samples, (s) => s.rejected && s.rank !== 1 && !isOutside(s)),
    outside: count(samples, isOutside),
    outsideRejected: count(samples, (s) => s.rejected && isOutside(s)),
  });
}

function isCorrect(sample: ClassifiedSample): boolean {
  return sample.correct;
}

function count<T>(list: readonly T[], test: (item: T) => boolean): number {
  return list.reduce((sum, item) => (test(item) ? sum + 1 : sum), 0);
}

function quoteSome(labels: readonly string[]): string {
  const shown = labels.slice(0, 5).map((label) => JSON.stringify(label));
  return labels.length > 5 ? `${shown.join(', ')} and ${labels.length - 5} more` : shown.join(', ');
}
