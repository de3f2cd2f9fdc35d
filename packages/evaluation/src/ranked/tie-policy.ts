import { NearkinError } from '@nearkin/core';
import { compareIdBytes } from '../trec/compare-id-bytes.js';

/**
 * Who comes first among equal scores.
 *
 * - `index`: the smaller index (default): of ids that are numbers the smaller one, else the earlier place in the list
 * - `trec`: the larger id by bytes, as trec_eval ranks
 * - `optimistic`, `pessimistic`: the order that is best, or worst, for each metric
 * - `expected`: the exact mean over all orders of the tied items
 *
 * @source trec_eval `form_res_rels.c`; McSherry and Najork, "Computing Information Retrieval Performance Measures
 *   Efficiently in the Presence of Tied Scores", ECIR 2008
 */
export type TiePolicy = 'index' | 'trec' | 'optimistic' | 'pessimistic' | 'expected';

const policies: readonly TiePolicy[] = ['index', 'trec', 'optimistic', 'pessimistic', 'expected'];

/** @throws {NearkinError} `INVALID_ARGUMENT` for an unknown policy */
export function assertTiePolicy(ties: TiePolicy): void {
  if (!policies.includes(ties))
    throw new NearkinError('INVALID_ARGUMENT', `Expected ties to be one of ${policies.join(', ')}, got ${ties}.`, {
      details: { ties },
    });
}

/** One query's results, ranked. */
export interface RankedList {
  /** Grades of at least 0, best result first, in the order the policy gives. */
  readonly grades: ArrayLike<number>;
  /** Exclusive ends of the groups of equal scores; undefined when order is settled inside groups too. */
  readonly groupEnds?: ArrayLike<number> | undefined;
  readonly ties: TiePolicy;
}

/**
 * Ranks results by score, best first, and settles ties.
 *
 * @param results.grades grade of each result, any order; negative grades count as 0
 * @param results.scores similarity of each result; without it the given order stands and nothing is tied
 * @param results.ids needed by `trec`; numbers are indices for `index`
 */
export function rankByScore(
  results: {
    readonly grades: ArrayLike<number>;
    readonly scores?: ArrayLike<number> | undefined;
    readonly ids?: ArrayLike<string | number> | undefined;
  },
  ties: TiePolicy,
): RankedList {
  const { grades, scores, ids } = results;
  const count = grades.length;
  const clipped = new Float64Array(count);
  for (let i = 0; i < count; i++) clipped[i] = Math.max(0, grades[i]!);
  if (!scores) return { grades: clipped, ties };
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  order.sort((a, b) => scores[b]! - scores[a]! || settle(a, b));
  return groupTies(
    order.map((i) => i),
    { grades: clipped, scores },
    ties,
  );

  function settle(a: number, b: number): number {
    if (ties === 'trec' && ids) return compareIdBytes(String(ids[b]), String(ids[a])) || a - b;
    if (ties === 'optimistic') return clipped[b]! - clipped[a]! || a - b;
    if (ties === 'pessimistic') return clipped[a]! - clipped[b]! || a - b;
    if (ties === 'index' && ids && typeof ids[a] === 'number') return Number(ids[a]) - Number(ids[b]) || a - b;
    return a - b;
  }
}

function groupTies(
  order: Uint32Array,
  results: { grades: ArrayLike<number>; scores: ArrayLike<number> },
  ties: TiePolicy,
): RankedList {
  const ranked = new Float64Array(order.length);
  for (let r = 0; r < order.length; r++) ranked[r] = results.grades[order[r]!]!;
  if (ties === 'index' || ties === 'trec') return { grades: ranked, ties };
  const groupEnds: number[] = [];
  for (let r = 1; r <= order.length; r++)
    if (r === order.length || results.scores[order[r]!] !== results.scores[order[r - 1]!]) groupEnds.push(r);
  return { grades: ranked, groupEnds, ties };
}
