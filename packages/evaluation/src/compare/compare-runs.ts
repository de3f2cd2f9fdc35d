import { NearkinError } from '@nearkin/core';
import { adjustPValues } from '../significance/adjust-p-values.js';
import { bootstrap } from '../significance/bootstrap.js';
import { pairedTest } from '../significance/paired-test.js';
import { conclude } from './conclude.js';
import { type EvaluationRun, type ReadRun, readRun } from './evaluation-run.js';
import { mainMetrics } from './main-metrics.js';

/** How two runs differ in one metric. */
export interface MetricComparison {
  readonly metric: string;
  /** Queries that have a value in both runs. */
  readonly queries: number;
  /** Means over these queries; null without any. */
  readonly a: number | null;
  readonly b: number | null;
  /** a - b, and its 95 % bootstrap interval. */
  readonly difference: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** Queries in which A is better, B is better, neither. */
  readonly wins: number;
  readonly losses: number;
  readonly draws: number;
  /** Exact McNemar where every value is 0 or 1, else sign flips. */
  readonly test: 'mcnemar' | 'permutation';
  /** Chance of a difference this large, either way, if the runs did not differ. */
  readonly pValue: number | null;
  /** The same, adjusted by Holm for the number of metrics compared. */
  readonly adjustedPValue: number | null;
  /** The better run, or undecided when the adjusted p value is not below the level. */
  readonly verdict: 'a' | 'b' | 'undecided';
}

/** Whether A beats B, and how sure that is. Plain JSON. */
export interface RunComparison {
  /** Names of the runs. */
  readonly a: string;
  readonly b: string;
  /** Queries that are in both runs; the others are left out. */
  readonly queries: number;
  readonly onlyInA: number;
  readonly onlyInB: number;
  readonly level: number;
  readonly metrics: readonly MetricComparison[];
  /** The better run in every decided metric; `mixed` when they disagree, `undecided` when none is decided. */
  readonly verdict: 'a' | 'b' | 'mixed' | 'undecided';
  /** The verdict in plain words. */
  readonly conclusion: string;
}

export interface CompareRunsOptions {
  /** Metrics to compare by. Default: those of the main metrics that both runs have, else all that both have. */
  readonly metrics?: readonly string[] | undefined;
  /** Adjusted p values below this decide; default 0.05. */
  readonly level?: number | undefined;
  /** Bootstrap resamples, and random sign flips where there are too many queries to try all; default 10,000. */
  readonly resamples?: number | undefined;
  /** Default 0. */
  readonly seed?: number | undefined;
}

/**
 * Does A beat B? Compares two runs query by query, matched by id: paired tests, bootstrap intervals of the difference,
 * Holm's adjustment when there are several metrics, and a conclusion in plain words. Choose the metrics before you
 * look at the values: every further one makes the others less sure.
 *
 * A query that either run lacks, or has no value for, is left out of that metric.
 *
 * @throws {NearkinError} `INVALID_ARGUMENT` for no common query, no common or an unknown metric, or values that are not
 *   one a query; `DUPLICATE_ID`; `NON_FINITE`
 * @source Smucker, Allan and Carterette, CIKM 2007; S. Holm, Scandinavian Journal of Statistics 6 (1979)
 * @example
 * const ids = ['1', '2', '3', '4', '5', '6'];
 * const { conclusion } = compareRuns(
 *   { name: 'big', ids, perQuery: { apAtR: [0.9, 0.8, 0.9, 0.7, 0.6, 0.8] } },
 *   { name: 'small', ids, perQuery: { apAtR: [0.5, 0.6, 0.8, 0.5, 0.3, 0.7] } },
 * );
 * conclusion; // 'big beats small: in apAtR it is 21.7 points ahead (95 % interval 13.3 to 30.0), …'
 */
export function compareRuns(a: EvaluationRun, b: EvaluationRun, options: CompareRunsOptions = {}): RunComparison {
  const { level = 0.05, resamples = 10_000, seed = 0 } = options;
  if (!(level > 0 && level < 1))
    throw new NearkinError('INVALID_ARGUMENT', `Expected a level between 0 and 1, got ${level}.`, {
      details: { level },
    });
  const [left, right] = [readRun(a, 'A'), readRun(b, 'B')];
  const common = left.ids.filter((id) => right.rows.has(id));
  if (common.length === 0)
    throw new NearkinError(
      'INVALID_ARGUMENT',
      `Expected queries that are in both runs, got none; ${left.name} has ${left.ids.length}, ${right.name} ${right.ids.length}. Are the ids made alike?`,
      { details: { a: left.ids.length, b: right.ids.length } },
    );
  const compared = chooseMetrics([left, right], options.metrics).map((metric) =>
    compareMetric(metric, { left, right, common, resamples, seed }),
  );
  const adjusted = adjustPValues(compared.map((entry) => entry.pValue));
  const metrics = compared.map((entry, i): MetricComparison => {
    const p = adjusted[i] ?? null;
    const isDecided = p !== null && p < level && entry.difference !== null && entry.difference !== 0;
    const verdict = isDecided ? (entry.difference > 0 ? 'a' : 'b') : 'undecided';
    return Object.freeze({ ...entry, adjustedPValue: p, verdict });
  });
  const decided = new Set(metrics.map((entry) => entry.verdict).filter((verdict) => verdict !== 'undecided'));
  const comparison = {
    a: left.name,
    b: right.name,
    queries: common.length,
    onlyInA: left.ids.length - common.length,
    onlyInB: right.ids.length - common.length,
    level,
    metrics: Object.freeze(metrics),
    verdict: decided.size === 0 ? 'undecided' : decided.size === 2 ? 'mixed' : [...decided][0]!,
  } as const;
  return Object.freeze({ ...comparison, conclusion: conclude(comparison) });
}

function chooseMetrics(
  [left, right]: readonly [ReadRun, ReadRun],
  asked: readonly string[] | undefined,
): readonly string[] {
  const both = [...left.values.keys()].filter((metric) => right.values.has(metric));
  const missing = asked?.find((metric) => !both.includes(metric));
  if (missing !== undefined || both.length === 0 || asked?.length === 0)
    throw new NearkinError(
      'INVALID_ARGUMENT',
      `Expected metrics that both runs have${missing === undefined ? '' : `, got ${missing}`}; both have ${both.join(', ') || 'none'}.`,
      { details: { missing, both } },
    );
  if (asked) return [...new Set(asked)];
  const main = mainMetrics.filter((metric) => both.includes(metric));
  return main.length > 0 ? main : both;
}

function compareMetric(
  metric: string,
  options: { left: ReadRun; right: ReadRun; common: readonly string[]; resamples: number; seed: number },
) {
  const { left, right, common, resamples, seed } = options;
  const pairs = common.flatMap((id) => {
    const x = left.values.get(metric)![left.rows.get(id)!] ?? null;
    const y = right.values.get(metric)![right.rows.get(id)!] ?? null;
    return x === null || y === null ? [] : [[x, y] as const];
  });
  const [a, b] = [pairs.map((pair) => pair[0]), pairs.map((pair) => pair[1])];
  const isBinary = [...a, ...b].every((value) => value === 0 || value === 1);
  const test = isBinary ? 'mcnemar' : 'permutation';
  const { n, wins, losses, draws, pValue, meanDifference } = pairedTest({
    a,
    b,
    method: test,
    permutations: resamples,
    seed,
  });
  const { low, high } = bootstrap({ values: pairs.map(([x, y]) => x - y), resamples, seed });
  return {
    metric,
    queries: n,
    a: mean(a),
    b: mean(b),
    difference: meanDifference,
    low,
    high,
    wins,
    losses,
    draws,
    test,
    pValue,
  } as const;
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}
