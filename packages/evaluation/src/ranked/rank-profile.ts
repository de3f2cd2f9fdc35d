import type { RankedList } from './tie-policy.js';

/** Running totals of one ranked list; entry r covers ranks 1 to r, entry 0 nothing. Expectations under `expected`. */
export interface RankProfile {
  readonly depth: number;
  readonly hits: Float64Array;
  /** Sum of the precision at each hit. */
  readonly precisionSum: Float64Array;
  /** Discounted cumulative gain. */
  readonly dcg: Float64Array;
  /** Share of orders without a hit so far: 1 or 0 when order is settled. */
  readonly miss: Float64Array;
  /** 1 / rank of the first hit. */
  readonly reciprocal: Float64Array;
}

/** 1 / log2(rank + 1), by rank - 1. */
export function discount(index: number): number {
  return 1 / Math.log2(index + 2);
}

/**
 * Walks a list once and sums up what every metric needs.
 *
 * Inside a tied group of n items with m hits after rank a, an order drawn at random has a hit at each place with
 * probability m / n, and given a hit at place j, (j - 1)(m - 1)/(n - 1) more of the group's hits before it.
 *
 * @param options.depth ranks to cover; a list that is shorter is covered whole
 * @param options.gain grade to gain, for dcg
 * @source McSherry and Najork, ECIR 2008, sections 2 and 3
 */
export function rankProfile(
  list: RankedList,
  options: { readonly depth: number; readonly gain: (grade: number) => number },
): RankProfile {
  const depth = Math.min(options.depth, list.grades.length);
  const profile: RankProfile = {
    depth,
    hits: new Float64Array(depth + 1),
    precisionSum: new Float64Array(depth + 1),
    dcg: new Float64Array(depth + 1),
    miss: new Float64Array(depth + 1),
    reciprocal: new Float64Array(depth + 1),
  };
  profile.miss[0] = 1;
  if (list.ties === 'expected' && list.groupEnds) {
    let start = 0;
    for (let g = 0; start < depth; g++) {
      const end = list.groupEnds[g]!;
      addGroup(profile, list.grades, { start, end, gain: options.gain });
      start = end;
    }
  } else for (let r = 0; r < depth; r++) addGroup(profile, list.grades, { start: r, end: r + 1, gain: options.gain });
  return profile;
}

function addGroup(
  profile: RankProfile,
  grades: ArrayLike<number>,
  group: { start: number; end: number; gain: (grade: number) => number },
): void {
  const { start, end, gain } = group;
  const { depth, hits, precisionSum, dcg, miss, reciprocal } = profile;
  const n = end - start;
  let m = 0;
  let gains = 0;
  for (let i = start; i < end; i++) {
    if (grades[i]! > 0) {
      m++;
      gains += gain(grades[i]!);
    }
  }
  const before = hits[start]!;
  const meanGain = gains / n;
  const spread = n > 1 ? (m - 1) / (n - 1) : 0;
  for (let j = 1; j <= n && start + j <= depth; j++) {
    const rank = start + j;
    const misses = miss[rank - 1]!;
    // Of the orders without a hit so far, this share has its first hit here.
    const firstHit = n - m - (j - 1) > 0 ? m / (n - j + 1) : m > 0 ? 1 : 0;
    hits[rank] = before + (m * j) / n;
    precisionSum[rank] = precisionSum[rank - 1]! + ((m / n) * (before + 1 + (j - 1) * spread)) / rank;
    dcg[rank] = dcg[rank - 1]! + (meanGain === 0 ? 0 : meanGain * discount(rank - 1));
    miss[rank] = misses * (1 - firstHit);
    reciprocal[rank] = reciprocal[rank - 1]! + (misses * firstHit) / rank;
  }
}
