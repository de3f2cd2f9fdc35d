import type { TiePolicy } from '../ranked/tie-policy.js';
import type { BestRank } from './best-ranks.js';

/** Retrieval in one direction; null without a query that has a right answer. */
export interface DirectionMetrics {
  /** `R@1`, `R@5` …: share of queries with a right answer in the top k. */
  readonly [recallAtK: `R@${number}`]: number | null;
  /** floor(median of the zero-based ranks) + 1. */
  readonly medianRank: number | null;
  readonly meanRank: number | null;
}

export function directionMetrics(
  ranks: readonly (BestRank | null)[],
  options: { readonly ks: readonly number[]; readonly ties: TiePolicy },
): DirectionMetrics {
  const known = ranks.filter((rank) => rank !== null);
  const mean = (values: number[]) =>
    values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
  const recalls = options.ks.map((k) => [`R@${k}`, mean(known.map((rank) => hitWithin(rank, k, options.ties)))]);
  const places = known.map((rank) => rankOf(rank, options.ties));
  return { ...Object.fromEntries(recalls), medianRank: medianRank(places), meanRank: mean(places) };
}

/** Rank from 1; the mean rank over all orders under `expected`. */
export function rankOf(rank: BestRank, ties: TiePolicy): number {
  const { ahead, tied, tiedRight, tiedBefore } = rank;
  if (ties === 'optimistic') return ahead + 1;
  if (ties === 'pessimistic') return ahead + tied - tiedRight + 1;
  if (ties === 'expected') return ahead + (tied + 1) / (tiedRight + 1);
  return ahead + tiedBefore + 1;
}

/** Probability that the best right answer is within the top k: 0 or 1 unless `expected`. */
function hitWithin(rank: BestRank, k: number, ties: TiePolicy): number {
  if (ties !== 'expected') return rankOf(rank, ties) <= k ? 1 : 0;
  const { ahead, tied, tiedRight } = rank;
  let miss = 1;
  for (let j = 0; j < Math.min(k - ahead, tied); j++) miss *= Math.max(0, tied - tiedRight - j) / (tied - j);
  return k > ahead ? 1 - miss : 0;
}

function medianRank(places: readonly number[]): number | null {
  if (places.length === 0) return null;
  const zeroBased = Float64Array.from(places, (place) => place - 1).sort();
  const half = zeroBased.length >> 1;
  const median = zeroBased.length % 2 === 1 ? zeroBased[half]! : (zeroBased[half - 1]! + zeroBased[half]!) / 2;
  return Math.floor(median) + 1;
}
