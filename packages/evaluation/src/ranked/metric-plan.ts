import { NearkinError } from '@nearkin/core';
import { apRetrieved } from './ap-retrieved.js';
import { type RankProfile, rankProfile } from './rank-profile.js';
import type { RankedList } from './tie-policy.js';

/** What the grade of a result is worth in nDCG: the grade, or 2^grade - 1. */
export type Gain = 'linear' | 'exponential';

/** What to compute for every query; see `rankedMetrics` for the formulas. */
export interface MetricPlan {
  /** Cut-offs, ascending. */
  readonly ks: readonly number[];
  /** Names of the values, in the order of the output. */
  readonly keys: readonly string[];
  /** Ranks that a query with this many relevant items needs. */
  depthFor(relevantCount: number): number;
  /** The values, in the order of `keys`; NaN where a value is undefined. */
  measure(query: RankedQuery): { values: Float64Array; profile: RankProfile };
}

/** One query's ranked results and what could have been found. */
export interface RankedQuery {
  readonly list: RankedList;
  readonly relevantCount: number;
  /** Ideal discounted gain at each of the plan's cut-offs; without it every relevant item has grade 1. */
  readonly idealDcg?: ArrayLike<number> | undefined;
}

export interface PlanOptions {
  readonly k: number | ArrayLike<number>;
  readonly gain: Gain;
  /** Values that need as many results as there are relevant items: `apAtR`, `rPrecision`. */
  readonly atR: boolean;
  /** Values that need the whole list: `averagePrecision`, `reciprocalRank`. */
  readonly wholeList: boolean;
}

const namesAtK = [
  'hitRate',
  'recall',
  'precision',
  'precisionMinDenominator',
  'precisionCappedCutoff',
  'apRelevant',
  'apMin',
  'apRetrieved',
  'reciprocalRank',
  'ndcg',
] as const;

/** @throws {NearkinError} `INVALID_ARGUMENT` for cut-offs that are not positive integers, or an unknown gain */
export function createMetricPlan(options: PlanOptions): MetricPlan {
  const { atR, wholeList, gain } = options;
  const ks = cutoffs(options.k);
  if (gain !== 'linear' && gain !== 'exponential')
    throw new NearkinError('INVALID_ARGUMENT', `Expected the gain linear or exponential, got ${gain}.`, {
      details: { gain },
    });
  const gainOf = gainFunction(gain);
  const most = ks[ks.length - 1]!;
  const ideal = new Float64Array(most + 1);
  for (let r = 1; r <= most; r++) ideal[r] = ideal[r - 1]! + gainOf(1) / Math.log2(r + 1);
  const keys = [
    ...namesAtK.flatMap((name) => ks.map((k) => `${name}@${k}`)),
    ...(wholeList ? ['averagePrecision', 'reciprocalRank'] : []),
    ...(atR ? ['apAtR', 'rPrecision'] : []),
  ];
  const depthFor = (relevantCount: number) =>
    wholeList ? Number.POSITIVE_INFINITY : Math.max(most, atR ? relevantCount : 0);

  const measure = ({ list, relevantCount, idealDcg }: RankedQuery) => {
    const profile = rankProfile(list, { depth: depthFor(relevantCount), gain: gainOf });
    const { depth, hits, precisionSum, dcg, miss, reciprocal } = profile;
    const values = new Float64Array(keys.length);
    ks.forEach((k, i) => {
      const r = Math.min(k, depth);
      const capped = Math.min(k, relevantCount);
      const best = idealDcg ? idealDcg[i]! : ideal[capped]!;
      const atK = [
        1 - miss[r]!,
        hits[r]! / relevantCount,
        hits[r]! / k,
        hits[r]! / capped,
        hits[Math.min(capped, depth)]! / capped,
        precisionSum[r]! / relevantCount,
        precisionSum[r]! / capped,
        apRetrieved(list, profile, k),
        reciprocal[r]!,
        best > 0 ? dcg[r]! / best : Number.NaN,
      ];
      for (let name = 0; name < atK.length; name++) values[name * ks.length + i] = atK[name]!;
    });
    let at = namesAtK.length * ks.length;
    if (wholeList) {
      values[at++] = precisionSum[depth]! / relevantCount;
      values[at++] = reciprocal[depth]!;
    }
    if (atR) {
      const r = Math.min(relevantCount, depth);
      values[at++] = precisionSum[r]! / relevantCount;
      values[at++] = hits[r]! / relevantCount;
    }
    if (relevantCount === 0) values.fill(Number.NaN);
    return { values, profile };
  };
  return { ks, keys, depthFor, measure };
}

/** The ideal order of the judged grades, cut at each k. */
export function idealDcgAt(grades: ArrayLike<number>, options: { ks: readonly number[]; gain: Gain }): number[] {
  const gainOf = gainFunction(options.gain);
  const sorted = Float64Array.from(grades, (grade) => Math.max(0, grade))
    .sort()
    .reverse();
  let sum = 0;
  let r = 0;
  return options.ks.map((k) => {
    for (; r < Math.min(k, sorted.length); r++) sum += gainOf(sorted[r]!) / Math.log2(r + 2);
    return sum;
  });
}

function gainFunction(gain: Gain): (grade: number) => number {
  return gain === 'linear' ? (grade) => grade : (grade) => 2 ** grade - 1;
}

function cutoffs(k: number | ArrayLike<number>): number[] {
  const list = typeof k === 'number' ? [k] : Array.from(k);
  if (list.length === 0 || list.some((value) => !Number.isSafeInteger(value) || value < 1))
    throw new NearkinError('INVALID_ARGUMENT', `Expected k to be integers of at least 1, got [${list.join(', ')}].`, {
      details: { k: list },
    });
  return [...new Set(list)].sort((a, b) => a - b);
}
