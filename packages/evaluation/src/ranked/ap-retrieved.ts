import type { RankProfile } from './rank-profile.js';
import type { RankedList } from './tie-policy.js';

/**
 * `apRetrieved@k`: sum of precision at each hit in the top k, over the hits found there; 0 when there is none.
 *
 * Its denominator depends on the order of a tied group that the cut goes through, so the running totals are not
 * enough: an early hit can even lower it. `expected` conditions on the number of hits x that fall within the cut
 * (hypergeometric); `optimistic` and `pessimistic` take the best and worst x, with the hits first or last.
 */
export function apRetrieved(list: RankedList, profile: RankProfile, k: number): number {
  const cut = Math.min(k, profile.depth);
  const group = list.groupEnds && cutGroup(list.groupEnds, cut);
  const hits = profile.hits[cut]!;
  if (!group) return hits === 0 ? 0 : profile.precisionSum[cut]! / hits;

  const { start, end } = group;
  const before = profile.hits[start]!;
  const sumBefore = profile.precisionSum[start]!;
  const taken = cut - start;
  let inGroup = 0;
  for (let i = start; i < end; i++) if (list.grades[i]! > 0) inGroup++;
  const fewest = Math.max(0, taken - (end - start - inGroup));
  const most = Math.min(inGroup, taken);

  if (list.ties === 'expected') {
    const weights = hypergeometric({ size: end - start, hits: inGroup, taken, fewest, most });
    let inverse = 0;
    let slope = 0;
    for (let j = 1; j <= taken; j++) {
      inverse += 1 / (start + j);
      slope += (j - 1) / (start + j);
    }
    let sum = 0;
    for (let x = fewest; x <= most; x++) {
      if (before + x === 0) continue;
      const spread = taken > 1 ? (x - 1) / (taken - 1) : 0;
      const sumInside = (x / taken) * ((before + 1) * inverse + spread * slope);
      sum += (weights[x - fewest]! * (sumBefore + sumInside)) / (before + x);
    }
    return sum;
  }
  const best = list.ties === 'optimistic';
  let extreme = best ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  for (let x = fewest; x <= most; x++) {
    let sum = sumBefore;
    const firstHit = best ? start + 1 : cut - x + 1;
    for (let i = 0; i < x; i++) sum += (before + i + 1) / (firstHit + i);
    const value = before + x === 0 ? 0 : sum / (before + x);
    extreme = best ? Math.max(extreme, value) : Math.min(extreme, value);
  }
  return extreme;
}

/** The group that has ranks on both sides of the cut, if any. */
function cutGroup(groupEnds: ArrayLike<number>, cut: number): { start: number; end: number } | undefined {
  let low = 0;
  let high = groupEnds.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (groupEnds[middle]! < cut) low = middle + 1;
    else high = middle;
  }
  const end = groupEnds[low];
  const start = low === 0 ? 0 : groupEnds[low - 1]!;
  return end === undefined || end === cut || start === cut ? undefined : { start, end };
}

/** Probabilities of `fewest` to `most` hits among `taken` of `size` items, by the ratio of neighbours. */
function hypergeometric(urn: { size: number; hits: number; taken: number; fewest: number; most: number }): number[] {
  const { size, hits, taken, fewest, most } = urn;
  const logs = [0];
  for (let x = fewest; x < most; x++)
    logs.push(
      logs[logs.length - 1]! + Math.log(((hits - x) * (taken - x)) / ((x + 1) * (size - hits - taken + x + 1))),
    );
  const top = Math.max(...logs);
  const weights = logs.map((value) => Math.exp(value - top));
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / sum);
}
