import { NearkinError } from '@nearkin/core';
import type { ClassifierEvaluation } from '../classifier/evaluate-classifier.js';

/** Values of each query under each metric, higher is better. */
export interface QueryScores {
  /** Shown to the reader; default `A` and `B`. */
  readonly name?: string | undefined;
  /** One a query, unique. */
  readonly ids: readonly string[];
  /** `perQuery[metric][query]`, as `evaluateRetrieval` returns it; null where undefined. */
  readonly perQuery: Readonly<Record<string, readonly (number | null)[]>>;
}

/** One side of a comparison: scores by query, or a classifier's evaluation (its top 1, and top 5 where known). */
export type EvaluationRun =
  | QueryScores
  | { readonly name?: string | undefined; readonly classifier: ClassifierEvaluation };

/** A run with the row of each query. */
export interface ReadRun {
  readonly name: string;
  readonly ids: readonly string[];
  readonly rows: ReadonlyMap<string, number>;
  readonly values: ReadonlyMap<string, readonly (number | null)[]>;
}

/** @throws {NearkinError} `INVALID_ARGUMENT` when ids and values differ in number, `DUPLICATE_ID` */
export function readRun(run: EvaluationRun, fallbackName: string): ReadRun {
  const name = run.name ?? fallbackName;
  const ids = 'classifier' in run ? run.classifier.samples.map((sample) => sample.id) : run.ids;
  const values = 'classifier' in run ? classifierValues(run.classifier) : new Map(Object.entries(run.perQuery));
  for (const [metric, list] of values)
    if (list.length !== ids.length)
      throw new NearkinError(
        'INVALID_ARGUMENT',
        `Expected a value of ${metric} for each of the ${ids.length} ids of ${name}, got ${list.length}.`,
        { details: { run: name, metric, ids: ids.length, values: list.length } },
      );
  const rows = new Map<string, number>();
  ids.forEach((id, row) => {
    if (rows.has(id))
      throw new NearkinError('DUPLICATE_ID', `The query ${JSON.stringify(id)} stands twice in ${name}.`, {
        details: { run: name, id },
      });
    rows.set(id, row);
  });
  return { name, ids, rows, values };
}

function classifierValues({ samples, top5 }: ClassifierEvaluation): Map<string, number[]> {
  const values = new Map([['top1', samples.map((sample) => Number(sample.correct))]]);
  if (top5)
    values.set(
      'top5',
      samples.map(({ rejected, rank }) => Number(!rejected && rank !== null && rank <= 5)),
    );
  return values;
}
