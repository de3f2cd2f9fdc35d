import { NearkinError } from '@nearkin/core';
import { assertFiniteNumbers, type Numbers } from '../numbers/check.js';
import { createMetricPlan, type Gain, idealDcgAt } from './metric-plan.js';
import { createMetricSummary, type RankedMetrics, type UndefinedPolicy } from './metric-summary.js';
import { assertTiePolicy, rankByScore, type TiePolicy } from './tie-policy.js';

export interface RankedMetricsOptions {
  /** `relevance[q][r]`: 0, 1, a flag or a grade of the r-th result of query q, best first. A grade above 0 is relevant. */
  readonly relevance: ArrayLike<ArrayLike<number | boolean>>;
  /**
   * Relevant items in the whole gallery for each query, without the query itself. Default: those judged in
   * `judgedGrades`, else those in the list.
   */
  readonly relevantCounts?: Numbers | undefined;
  /** One cut-off or several; default `[1, 5, 10]`. */
  readonly k?: number | Numbers | undefined;
  /** What a grade is worth in nDCG: itself, or 2^grade - 1. Default `linear`. */
  readonly gain?: Gain | undefined;
  /** All judged grades of each query, retrieved or not: the ideal of nDCG. Needed for grades beyond 0 and 1. */
  readonly judgedGrades?: ArrayLike<Numbers> | undefined;
  /** Similarity of each result, same shape as `relevance`. Lists are then sorted by it, and ties settled by `ties`. */
  readonly scores?: ArrayLike<Numbers> | undefined;
  /** Id of each result, for `ties: 'trec'`; or its gallery index, for `ties: 'index'`. */
  readonly ids?: ArrayLike<ArrayLike<string | number>> | undefined;
  /** Default `index`: the smaller id if ids are numbers, else the earlier result. Counts only together with `scores`. */
  readonly ties?: TiePolicy | undefined;
  /** Class of each query, for `macro` and `perClass`. */
  readonly labels?: ArrayLike<string | number> | undefined;
  /** Default `skip`. */
  readonly undefined?: UndefinedPolicy | undefined;
  /** Keep each query's values; default true while they are fewer than 2^24 numbers. */
  readonly perQuery?: boolean | undefined;
}

/**
 * Metrics of ranked lists, in all variants, by explicit names.
 *
 * R = relevant items for the query, h_k = hits in the top k, ranks from 1.
 *
 * | key | value |
 * |---|---|
 * | `hitRate@k` | 1 if h_k > 0: "recall@k" of metric-learning papers, `success` of trec_eval |
 * | `recall@k` | h_k / R |
 * | `precision@k` | h_k / k, also when fewer than k came back |
 * | `precisionMinDenominator@k` | h_k / min(k, R) |
 * | `precisionCappedCutoff@k` | h_min(k,R) / min(k, R) |
 * | `apRelevant@k`, `apMin@k`, `apRetrieved@k` | sum of precision at each hit in the top k, over R, min(R, k), or the hits found (0 if none) |
 * | `reciprocalRank@k`, `reciprocalRank` | 1 / rank of the first hit, within k or anywhere; 0 if none |
 * | `ndcg@k` | sum of gain / log2(rank + 1), over that of all judged grades in the best order |
 * | `averagePrecision` | `apRelevant` over the whole list |
 * | `apAtR`, `rPrecision` | `apRelevant` at k = R (its mean is MAP@R); h_R / R |
 *
 * A query with R = 0 has nothing to find: all its values are null, and averages skip it (`undefined: 'skip'`) or
 * count it as 0. No queries at all give null means. A list is taken as all that came back: what is not in it was not
 * retrieved. With grades beyond 0 and 1, nDCG of every query is null unless each list holds all relevant items or
 * `judgedGrades` is given, for the ideal is then not known.
 *
 * Ties: see {@link TiePolicy}; `expected` is exact for every key.
 *
 * @throws {NearkinError} `INVALID_ARGUMENT` when lengths disagree, k < 1, or a list has more hits than R; `NON_FINITE`
 * @source Musgrave, Belongie and Lim, "A Metric Learning Reality Check", ECCV 2020, section 3.2 (MAP@R, R-precision);
 *   trec_eval 10 (`map_cut`, `P`, `success`, `ndcg_cut`, `recip_rank`); Järvelin and Kekäläinen, TOIS 2002, and Burges
 *   et al., ICML 2005 (the two gains)
 * @example
 * const { mean } = rankedMetrics({ relevance: [[1, 0, 1, 0]], relevantCounts: [3], k: 3 });
 * console.log(mean['precision@3'], mean['apRelevant@3'], mean.apAtR); // 0.6666666666666666 0.5555555555555555 0.5555555555555555
 */
export function rankedMetrics(options: RankedMetricsOptions): RankedMetrics {
  const { judgedGrades, scores, ids, gain = 'linear', ties = 'index' } = options;
  const relevance = Array.from(options.relevance, (grades) => Float64Array.from(grades as Numbers, Number));
  const count = relevance.length;
  assertTiePolicy(ties);
  if (ties === 'trec' && scores && !ids)
    throw new NearkinError('INVALID_ARGUMENT', "ties: 'trec' orders by id; give the ids of the results.");
  const perQueryLists = { relevantCounts: options.relevantCounts, judgedGrades, scores, ids, labels: options.labels };
  for (const [name, list] of Object.entries(perQueryLists))
    if (list && list.length !== count) throw unequal(`${name}`, list.length, count);

  const plan = createMetricPlan({ k: options.k ?? [1, 5, 10], gain, atR: true, wholeList: true });
  const relevantCounts = Array.from({ length: count }, (_, q) => checkQuery({ ...options, relevance }, q));
  const graded = isGraded(relevance) || (judgedGrades !== undefined && isGraded(judgedGrades));
  const listed = (q: number) => judgedGrades?.[q] ?? relevance[q]!;
  const idealKnown = !graded || judgedGrades || relevantCounts.every((r, q) => r === countRelevant(relevance[q]!));
  const unknownIdeal = plan.ks.map(() => Number.NaN);

  const summary = createMetricSummary({
    plan,
    queries: count,
    undefined: options.undefined ?? 'skip',
    labels: options.labels,
    perQuery: options.perQuery,
  });
  for (let q = 0; q < count; q++) {
    const ideal = graded && idealKnown ? idealDcgAt(listed(q), { ks: plan.ks, gain }) : undefined;
    summary.add(q, {
      list: rankByScore({ grades: relevance[q]!, scores: scores?.[q], ids: ids?.[q] }, ties),
      relevantCount: relevantCounts[q]!,
      idealDcg: idealKnown ? ideal : unknownIdeal,
    });
  }
  return summary.finish();
}

/** Checks one query's lists and gives its number of relevant items. */
function checkQuery(
  options: RankedMetricsOptions & { readonly relevance: readonly Float64Array[] },
  q: number,
): number {
  const grades = options.relevance[q]!;
  assertFiniteNumbers(`relevance[${q}]`, grades);
  for (const name of ['scores', 'ids'] as const) {
    const list = options[name]?.[q];
    if (list && list.length !== grades.length) throw unequal(`${name}[${q}]`, list.length, grades.length);
  }
  if (options.scores) assertFiniteNumbers(`scores[${q}]`, options.scores[q]!);
  const judged = options.judgedGrades?.[q];
  if (judged) assertFiniteNumbers(`judgedGrades[${q}]`, judged);
  const hits = countRelevant(grades);
  const relevant = options.relevantCounts?.[q] ?? (judged ? countRelevant(judged) : hits);
  if (!Number.isSafeInteger(relevant) || relevant < hits)
    throw new NearkinError(
      'INVALID_ARGUMENT',
      `Expected at least ${hits} relevant items for query ${q}, as many as its list holds, got ${relevant}; does the list hold an item twice, or the query itself?`,
      { details: { query: q, hits, relevant } },
    );
  return relevant;
}

function countRelevant(grades: Numbers): number {
  let count = 0;
  for (let i = 0; i < grades.length; i++) if (grades[i]! > 0) count++;
  return count;
}

function isGraded(lists: ArrayLike<Numbers>): boolean {
  for (let q = 0; q < lists.length; q++) {
    const grades = lists[q]!;
    for (let i = 0; i < grades.length; i++) if (grades[i]! > 0 && grades[i] !== 1) return true;
  }
  return false;
}

function unequal(name: string, received: number, expected: number): NearkinError {
  return new NearkinError('INVALID_ARGUMENT', `Expected ${expected} entries in ${name}, got ${received}.`, {
    details: { name, expected, received },
  });
}
