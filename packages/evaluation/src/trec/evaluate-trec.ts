import { NearkinError } from '@nearkin/core';
import type { Gain } from '../ranked/metric-plan.js';
import type { RankedMetrics, UndefinedPolicy } from '../ranked/metric-summary.js';
import { rankedMetrics } from '../ranked/ranked-metrics.js';
import type { TiePolicy } from '../ranked/tie-policy.js';
import type { TrecQrels, TrecRun } from './trec-file.js';

export interface EvaluateTrecOptions {
  readonly qrels: TrecQrels;
  readonly run: TrecRun;
  /** Default `[5, 10, 20, 100, 1000]`. */
  readonly k?: number | ArrayLike<number> | undefined;
  /** Default `trec`: by score, then by id, both descending. */
  readonly ties?: TiePolicy | undefined;
  readonly gain?: Gain | undefined;
  /** Judged queries that the run does not have: left out (default, as trec_eval does), or counted with nothing found (its `-c`). */
  readonly missingQueries?: 'skip' | 'zero' | undefined;
  /** Judged queries without a relevant item; `zero` is what trec_eval does. Default `skip`. */
  readonly undefined?: UndefinedPolicy | undefined;
}

/** {@link RankedMetrics} with the query that each entry of `perQuery` belongs to. */
export interface TrecMetrics extends RankedMetrics {
  readonly queryIds: readonly string[];
}

/**
 * Ranked-list metrics of a run against judgements. Items without a judgement are not relevant; ranks come from the
 * scores, as in trec_eval, not from the rank column. Queries without a judgement are left out.
 *
 * @throws {NearkinError} `INVALID_ARGUMENT` for k < 1; `UNKNOWN_ID` when no query of the run is judged
 * @source trec_eval 10, `trec_eval.c` and `form_res_rels.c`
 * @example
 * const { mean } = evaluateTrec({ qrels: readTrec(qrelsText, { kind: 'qrels' }), run: readTrec(runText, { kind: 'run' }) });
 */
export function evaluateTrec(options: EvaluateTrecOptions): TrecMetrics {
  const { qrels, run, missingQueries = 'skip' } = options;
  const judged = new Map<string, Map<string, number>>();
  for (const { query, id, grade } of qrels.judgements) {
    const grades = judged.get(query) ?? new Map<string, number>();
    judged.set(query, grades);
    grades.set(id, grade);
  }
  const retrieved = new Map<string, { ids: string[]; scores: number[] }>();
  for (const { query, id, score } of run.results) {
    const list = retrieved.get(query) ?? { ids: [], scores: [] };
    retrieved.set(query, list);
    list.ids.push(id);
    list.scores.push(score);
  }
  const queryIds = [...judged.keys()].filter((query) => missingQueries === 'zero' || retrieved.has(query));
  if (retrieved.size > 0 && ![...retrieved.keys()].some((query) => judged.has(query)))
    throw new NearkinError('UNKNOWN_ID', 'No query of the run is judged; do the files belong together?', {
      details: { run: [...retrieved.keys()].slice(0, 3), qrels: [...judged.keys()].slice(0, 3) },
    });
  const lists = queryIds.map((query) => retrieved.get(query) ?? { ids: [], scores: [] });
  const metrics = rankedMetrics({
    relevance: lists.map(({ ids }, q) => ids.map((id) => judged.get(queryIds[q]!)!.get(id) ?? 0)),
    judgedGrades: queryIds.map((query) => [...judged.get(query)!.values()]),
    scores: lists.map(({ scores }) => scores),
    ids: lists.map(({ ids }) => ids),
    k: options.k ?? [5, 10, 20, 100, 1000],
    ties: options.ties ?? 'trec',
    gain: options.gain,
    undefined: options.undefined,
  });
  return { ...metrics, queryIds };
}
