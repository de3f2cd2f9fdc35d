import { NearkinError } from '@nearkin/core';
import type { MetricPlan, RankedQuery } from './metric-plan.js';

/** What an average does with a query that has nothing to find: leave it out (default), or count it as 0. */
export type UndefinedPolicy = 'skip' | 'zero';

/** A value by name; null where it is undefined. */
export type MetricValues = Readonly<Record<string, number | null>>;

/** Ranked-list metrics of a set of queries. Plain JSON; keys in the order of the table in {@link rankedMetrics}. */
export interface RankedMetrics {
  /** Number of queries. */
  readonly queries: number;
  /** Queries without a relevant item; every value of theirs is undefined. */
  readonly undefinedQueries: number;
  /** Mean over queries (micro). */
  readonly mean: MetricValues;
  /** Mean over classes of the mean over the queries of the class; null without labels. */
  readonly macro: MetricValues | null;
  /** Means of each class, in order of the first query; null without labels, or when left out. */
  readonly perClass:
    | readonly ({ readonly label: string; readonly queries: number } & {
        readonly mean: MetricValues;
      })[]
    | null;
  /** Values of each query, `perQuery[key][query]`; null when left out. */
  readonly perQuery: Readonly<Record<string, readonly (number | null)[]>> | null;
  /** Share of queries with a hit up to rank i + 1, up to the largest k. */
  readonly cmc: readonly (number | null)[];
  /** Mean recall and precision at i + 1, up to the largest k. */
  readonly recallCurve: readonly (number | null)[];
  readonly precisionCurve: readonly (number | null)[];
}

/** Per-query values are kept by default up to this many numbers, means of classes up to a sixteenth of it. */
const keptNumbers = 2 ** 24;

export interface SummaryOptions {
  readonly plan: MetricPlan;
  readonly queries: number;
  readonly undefined: UndefinedPolicy;
  readonly labels?: ArrayLike<string | number> | undefined;
  /** Default: true while they are fewer than 2^24 numbers. */
  readonly perQuery?: boolean | undefined;
}

/** Adds up queries one at a time; memory does not depend on the length of their lists. */
export function createMetricSummary(options: SummaryOptions) {
  const { plan, queries, labels } = options;
  if (options.undefined !== 'skip' && options.undefined !== 'zero')
    throw new NearkinError('INVALID_ARGUMENT', `Expected undefined to be skip or zero, got ${options.undefined}.`, {
      details: { undefined: options.undefined },
    });
  const width = plan.keys.length;
  const zero = options.undefined === 'zero';
  const keep = options.perQuery ?? queries * width <= keptNumbers;
  const columns = keep ? new Float64Array(queries * width).fill(Number.NaN) : undefined;
  const total = createMeans(width);
  const classes = new Map<string | number, ReturnType<typeof createMeans>>();
  const longest = plan.ks[plan.ks.length - 1]!;
  const hitCurve = new Float64Array(longest);
  const recallCurve = new Float64Array(longest);
  const precisionCurve = new Float64Array(longest);
  let undefinedQueries = 0;

  const add = (query: number, ranked: RankedQuery) => {
    const { values, profile } = plan.measure(ranked);
    columns?.set(values, query * width);
    if (ranked.relevantCount === 0) undefinedQueries++;
    else
      for (let i = 0; i < longest; i++) {
        const r = Math.min(i + 1, profile.depth);
        hitCurve[i]! += 1 - profile.miss[r]!;
        recallCurve[i]! += profile.hits[r]! / ranked.relevantCount;
        precisionCurve[i]! += profile.hits[r]! / (i + 1);
      }
    total.add(values, zero);
    if (!labels) return;
    const label = labels[query]!;
    const means = classes.get(label) ?? createMeans(width);
    classes.set(label, means);
    means.add(values, zero);
  };

  const finish = (): RankedMetrics => {
    const counted = zero ? queries : queries - undefinedQueries;
    const curve = (sums: Float64Array) => Array.from(sums, (sum) => (counted === 0 ? null : sum / counted));
    const record = (values: Float64Array) => Object.fromEntries(plan.keys.map((key, i) => [key, orNull(values[i]!)]));
    let macro: MetricValues | null = null;
    if (labels) {
      const overClasses = createMeans(width);
      for (const means of classes.values()) overClasses.add(means.values(), zero);
      macro = record(overClasses.values());
    }
    return {
      queries,
      undefinedQueries,
      mean: record(total.values()),
      macro,
      perClass:
        labels && classes.size * width <= keptNumbers / 16
          ? [...classes].map(([label, means]) => ({
              label: String(label),
              queries: means.added(),
              mean: record(means.values()),
            }))
          : null,
      perQuery: columns
        ? Object.fromEntries(
            plan.keys.map((key, i) => [
              key,
              Array.from({ length: queries }, (_, query) => orNull(columns[query * width + i]!)),
            ]),
          )
        : null,
      cmc: curve(hitCurve),
      recallCurve: curve(recallCurve),
      precisionCurve: curve(precisionCurve),
    };
  };
  return { add, finish };
}

/** Column means that leave out NaN, or count it as 0. */
function createMeans(width: number) {
  const sums = new Float64Array(width);
  const counts = new Uint32Array(width);
  let added = 0;
  return {
    add(values: Float64Array, zero: boolean) {
      added++;
      for (let i = 0; i < width; i++) {
        if (Number.isNaN(values[i]!) && !zero) continue;
        sums[i]! += Number.isNaN(values[i]!) ? 0 : values[i]!;
        counts[i]!++;
      }
    },
    added: () => added,
    values: () => sums.map((sum, i) => (counts[i] === 0 ? Number.NaN : sum / counts[i]!)),
  };
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
