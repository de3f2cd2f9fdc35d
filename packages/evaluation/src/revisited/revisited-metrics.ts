import { NearkinError } from '@nearkin/core';
import { assertCount, type Numbers } from '../numbers/check.js';
import { trapezoidalAveragePrecision } from './trapezoidal-average-precision.js';

/** Judgements of one query: indices of gallery items; a kind that is left out is empty. */
export interface RevisitedJudgement {
  readonly easy?: Numbers | undefined;
  readonly hard?: Numbers | undefined;
  readonly junk?: Numbers | undefined;
}

export interface RevisitedMetricsOptions {
  /** Indices of gallery items for each query, best first. */
  readonly rankings: ArrayLike<Numbers>;
  readonly groundTruth: ArrayLike<RevisitedJudgement>;
  /** Default `[1, 5, 10]`. */
  readonly k?: number | Numbers | undefined;
}

/** Figures of one protocol; null where no query has a positive. */
export interface RevisitedProtocol {
  /** `mAP`, and `mP@1`, `mP@5` …: means over the queries with a positive. */
  readonly mean: Readonly<Record<string, number | null>>;
  /** `AP`, `P@1` …, by query; null without a positive. */
  readonly perQuery: Readonly<Record<string, readonly (number | null)[]>>;
  /** Queries that have a positive. */
  readonly queries: number;
}

/** Plain JSON. */
export interface RevisitedMetrics {
  readonly easy: RevisitedProtocol;
  readonly medium: RevisitedProtocol;
  readonly hard: RevisitedProtocol;
}

/**
 * Revisited Oxford and Paris: mAP and mP@k under three protocols.
 *
 * | protocol | positive | junk |
 * |---|---|---|
 * | easy | easy | junk, hard |
 * | medium | easy, hard | junk |
 * | hard | hard | junk, easy |
 *
 * Junk is taken out of the list before ranks are counted. AP is trapezoidal. P@k is hits in the top k' over k', where
 * k' is k, but no more than the rank of the last positive found. A query whose list holds no positive scores 0, one
 * without positives is left out.
 *
 * @throws {NearkinError} `INVALID_ARGUMENT` when lengths disagree or a list holds an item twice
 * @source Radenović et al., "Revisiting Oxford and Paris", CVPR 2018, section 3.3
 * @example
 * const { medium } = revisitedMetrics({ rankings: [[2, 0, 1]], groundTruth: [{ easy: [0], hard: [], junk: [2] }] });
 * console.log(medium.mean.mAP); // 1
 */
export function revisitedMetrics(options: RevisitedMetricsOptions): RevisitedMetrics {
  const { rankings, groundTruth } = options;
  const ks = typeof options.k === 'number' ? [options.k] : Array.from(options.k ?? [1, 5, 10]);
  for (const k of ks) assertCount('k', k);
  if (rankings.length !== groundTruth.length)
    throw new NearkinError(
      'INVALID_ARGUMENT',
      `Expected a ranking for each of ${groundTruth.length} judged queries, got ${rankings.length}.`,
      { details: { rankings: rankings.length, groundTruth: groundTruth.length } },
    );
  for (let q = 0; q < rankings.length; q++)
    if (new Set(Array.from(rankings[q]!)).size !== rankings[q]!.length)
      throw new NearkinError('INVALID_ARGUMENT', `The ranking of query ${q} holds an item twice.`, {
        details: { query: q },
      });
  const protocol = (positives: (keyof RevisitedJudgement)[], junk: (keyof RevisitedJudgement)[]) =>
    evaluateProtocol(options, { positives, junk, ks });
  return {
    easy: protocol(['easy'], ['junk', 'hard']),
    medium: protocol(['easy', 'hard'], ['junk']),
    hard: protocol(['hard'], ['junk', 'easy']),
  };
}

function evaluateProtocol(
  { rankings, groundTruth }: RevisitedMetricsOptions,
  protocol: { positives: (keyof RevisitedJudgement)[]; junk: (keyof RevisitedJudgement)[]; ks: readonly number[] },
): RevisitedProtocol {
  const names = ['AP', ...protocol.ks.map((k) => `P@${k}`)];
  const rows = Array.from(rankings, (ranking, q) => {
    const judged = groundTruth[q]!;
    const positives = new Set(protocol.positives.flatMap((kind) => Array.from(judged[kind] ?? [])));
    const junk = new Set(protocol.junk.flatMap((kind) => Array.from(judged[kind] ?? [])));
    if (positives.size === 0) return names.map(() => null);
    const ranks: number[] = [];
    let removed = 0;
    for (let r = 0; r < ranking.length; r++) {
      if (positives.has(ranking[r]!)) ranks.push(r - removed);
      else if (junk.has(ranking[r]!)) removed++;
    }
    const last = ranks.length === 0 ? 0 : ranks[ranks.length - 1]! + 1;
    const precisions = protocol.ks.map((k) => {
      const cut = Math.min(k, last);
      return cut === 0 ? 0 : ranks.filter((rank) => rank < cut).length / cut;
    });
    return [trapezoidalAveragePrecision(ranks, positives.size), ...precisions];
  });
  const judged = rows.filter((row) => row[0] !== null);
  return {
    mean: Object.fromEntries(
      names.map((name, i) => [
        `m${name}`,
        judged.length === 0 ? null : judged.reduce((sum, row) => sum + row[i]!, 0) / judged.length,
      ]),
    ),
    perQuery: Object.fromEntries(names.map((name, i) => [name, rows.map((row) => row[i]!)])),
    queries: judged.length,
  };
}
