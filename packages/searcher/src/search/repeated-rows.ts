import type { IndexState } from '../state/index-state.js';
import type { Found, SearchPlan } from './run-search.js';

/** A plan that finds as many different rows where each may be found twice. */
export function withRepeats({ header }: Pick<IndexState, 'header'>, plan: SearchPlan): SearchPlan {
  if (header.soar === undefined || plan.partitionsToSearch < 2) return plan;
  // Candidates stay as many as were asked for, copies among them: scoring twice as many costs more than it finds.
  return { ...plan, k: 2 * plan.k, reorder: Math.max(plan.reorder, 2 * plan.k) };
}

/** The first `k` different rows of every query, in place. Copies scored by the same kept row follow one another. */
export function dropRepeats({ header }: Pick<IndexState, 'header'>, found: Found, k: number): Found {
  if (header.soar === undefined) return found;
  const { rows, scores, counts } = found;
  // Codes alone score a copy by its partition.
  const apart = header.reorder === 'none' && header.codes !== 'int8';
  for (let q = 0; q < counts.length; q++) {
    const first = q * found.k;
    const seen = new Set<number>();
    let kept = 0;
    for (let i = first; i < first + counts[q]! && kept < k; i++) {
      const row = rows[i]!;
      if (apart ? seen.has(row) : kept > 0 && rows[first + kept - 1] === row) continue;
      if (apart) seen.add(row);
      rows[first + kept] = row;
      scores[first + kept] = scores[i]!;
      kept++;
    }
    counts[q] = kept;
  }
  return found;
}
