import { NearkinError } from '@nearkin/core';
import type { ConfusedPair } from '../classifier/confusion.js';
import { confusedPairs } from '../classifier/confusion.js';
import type { ClassifiedSample } from '../classifier/evaluate-classifier.js';
import type { RetrievalMetrics } from '../retrieval/evaluate-retrieval.js';
import { formatCount } from './number-format.js';
import { rankedRows } from './ranked-rows.js';
import type { ReportClass } from './sections/classes-section.js';
import type { ReportCurve } from './sections/curve-section.js';
import type { ReportMetric } from './sections/metrics-section.js';
import type { ReportQuery } from './sections/queries-section.js';

/** Ids and labels of rows; every `Gallery` is one. */
export interface ReportRows {
  readonly ids: readonly string[];
  readonly labels: readonly string[];
}

/** A retrieval evaluation with the names of what was evaluated. */
export interface ReportRetrieval {
  /** From `evaluateRetrieval`; with `neighbors` it shows the worst queries and the confused pairs too. */
  readonly metrics: RetrievalMetrics;
  /** The queries, in their order. */
  readonly queries: ReportRows;
  /** Default: the queries themselves. */
  readonly gallery?: ReportRows | undefined;
}

/** @throws {NearkinError} `INVALID_ARGUMENT` when the names do not fit the metrics */
export function assertRetrieval(retrieval: ReportRetrieval): void {
  const { metrics, queries, gallery = queries } = retrieval;
  const expected = [metrics.queries, metrics.queries, metrics.galleryCount, metrics.galleryCount];
  const received = [queries.ids.length, queries.labels.length, gallery.ids.length, gallery.labels.length];
  if (expected.some((count, i) => count !== received[i]))
    throw new NearkinError(
      'INVALID_ARGUMENT',
      `Expected ids and labels of ${metrics.queries} queries and ${metrics.galleryCount} gallery rows, got ${received.join(', ')}.`,
      { details: { expected, received } },
    );
}

/** The metric table of a retrieval evaluation. */
export function retrievalMetrics({ metrics }: ReportRetrieval): ReportMetric[] {
  const note = formatCount(metrics.queries - metrics.undefinedQueries, 'query', 'queries');
  return rankedRows(metrics).map((row) => ({ ...row, note }));
}

/** Classes by the first of the metrics of the whole list that there is; null when no means of classes were kept. */
export function retrievalClasses({ metrics }: ReportRetrieval): { classes: ReportClass[]; metric: string } | null {
  const metric = worstKey(metrics.mean);
  if (!metrics.perClass || metric === undefined) return null;
  const classes = metrics.perClass.map(({ label, queries, mean }) => ({
    label,
    value: mean[metric] ?? null,
    note: formatCount(queries, 'query', 'queries'),
  }));
  return { classes, metric };
}

/** Hits and recall over ranks; null when there is but one rank. */
export function retrievalCurve({ metrics }: ReportRetrieval): ReportCurve | null {
  const series = [
    { name: 'hitRate@k: any of the class among the first k', points: curvePoints(metrics.cmc) },
    { name: 'recall@k: share of the class among the first k', points: curvePoints(metrics.recallCurve) },
  ].filter(({ points }) => points.length > 1);
  if (series.length === 0) return null;
  return {
    title: 'Found in the first k',
    lead: 'How much of what belongs to a query is found when more of the list is looked at.',
    series,
  };
}

/** Ranks 1, 2, 3 … of which a long curve keeps some sixty, evenly on the logarithmic scale it is drawn on. */
function curvePoints(curve: readonly (number | null)[]) {
  const kept = new Set<number>([1, curve.length]);
  for (let rank = 1; rank <= curve.length; rank = Math.max(rank + 1, Math.round(rank * 1.1))) kept.add(rank);
  return [...kept]
    .sort((a, b) => a - b)
    .flatMap((rank) => {
      const y = curve[rank - 1];
      return y === null || y === undefined ? [] : [{ x: rank, y }];
    });
}

/** What says most about a query's list as a whole. */
function worstKey(values: object): string | undefined {
  return [...worstBy, ...Object.keys(values)].find((key) => Object.hasOwn(values, key));
}

const worstBy = ['apAtR', 'averagePrecision', 'rPrecision', 'reciprocalRank'];

/** Queries below a perfect value, the worst first; of equal ones those with the surest wrong neighbour. */
export function worstQueries(retrieval: ReportRetrieval): { queries: ReportQuery[]; metric: string } | null {
  const { metrics, queries, gallery = queries } = retrieval;
  if (!metrics.neighbors || !metrics.perQuery) return null;
  const { perQuery } = metrics;
  const metric = worstKey(perQuery);
  if (metric === undefined) return null;
  const list = metrics.neighbors.map(({ indices, scores }, query): ReportQuery => {
    const label = queries.labels[query]!;
    return {
      id: queries.ids[query]!,
      label,
      value: perQuery[metric]![query] ?? null,
      neighbors: indices.map((row, rank) => ({
        id: gallery.ids[row]!,
        label: gallery.labels[row]!,
        score: scores[rank]!,
        isRight: label !== '' && gallery.labels[row] === label,
      })),
    };
  });
  const sureness = (query: ReportQuery) => query.neighbors.find((neighbor) => !neighbor.isRight)?.score ?? -Infinity;
  const worst = list.filter((query) => query.value !== null && query.value < 1 && query.neighbors.length > 0);
  worst.sort((a, b) => a.value! - b.value! || sureness(b) - sureness(a));
  return { queries: worst, metric };
}

/** Each query answered by its nearest neighbour; null without neighbours. */
export function nearestAnswers(
  retrieval: ReportRetrieval,
): { samples: ClassifiedSample[]; pairs: ConfusedPair[] } | null {
  const { metrics, queries, gallery = queries } = retrieval;
  if (!metrics.neighbors) return null;
  const samples = metrics.neighbors.flatMap(({ indices, scores }, query): ClassifiedSample[] => {
    const [nearest] = indices;
    const label = queries.labels[query]!;
    if (nearest === undefined || label === '') return [];
    const rank = indices.findIndex((row) => gallery.labels[row] === label);
    return [
      {
        id: queries.ids[query]!,
        label,
        predicted: gallery.labels[nearest]!,
        score: scores[0]!,
        nearestId: gallery.ids[nearest]!,
        rejected: false,
        correct: rank === 0,
        rank: rank < 0 ? null : rank + 1,
      },
    ];
  });
  return { samples, pairs: confusedPairs(samples, 8) };
}
