import type { AggregationSettings } from './aggregation.js';

/** Which scores belong to which class: class c owns `members[starts[c] .. starts[c + 1])`, in row order. */
export interface ClassMembers {
  readonly starts: Int32Array;
  readonly members: Int32Array;
  /** Whether class c owns score c and no other: its largest score needs no search. */
  readonly oneEach: boolean;
}

/**
 * Scores of rows to scores of classes, for one query; see {@link Aggregation} for the definitions. Sums run in double
 * precision and in row order, so that the same rows give the same bits however they came to be stored.
 *
 * @param scores one for each stored row (or each prototype)
 * @returns one score for each class; may be `scores` itself
 */
export function aggregateScores(
  scores: Float32Array,
  classes: ClassMembers,
  settings: AggregationSettings,
): Float32Array {
  switch (settings.aggregation) {
    case 'max':
    case 'prototype':
      return classes.oneEach ? scores : largestOfEach(scores, classes);
    case 'mean':
      return eachClass(scores, classes, (s, members, from, to) => sum(s, members, from, to) / (to - from));
    case 'topM':
      return eachClass(scores, classes, (s, members, from, to) =>
        meanOfBest(s, members.subarray(from, to), settings.m),
      );
    case 'softmax':
      return votes(scores, classes, settings.temperature);
  }
}

/** As {@link eachClass} with {@link largest} would; this loop is what most questions wait for. */
function largestOfEach(scores: Float32Array, { starts, members }: ClassMembers): Float32Array {
  const out = new Float32Array(starts.length - 1);
  let i = 0;
  for (let c = 0; c < out.length; c++) {
    const to = starts[c + 1]!;
    let best = Number.NEGATIVE_INFINITY;
    for (; i < to; i++) {
      const score = scores[members[i]!]!;
      if (score > best) best = score;
    }
    out[c] = best;
  }
  return out;
}

type OneClass = (scores: Float32Array, members: Int32Array, from: number, to: number) => number;

function eachClass(scores: Float32Array, { starts, members }: ClassMembers, one: OneClass): Float32Array {
  const out = new Float32Array(starts.length - 1);
  for (let c = 0; c < out.length; c++) out[c] = one(scores, members, starts[c]!, starts[c + 1]!);
  return out;
}

function largest(scores: Float32Array, members: Int32Array, from: number, to: number): number {
  let best = Number.NEGATIVE_INFINITY;
  for (let i = from; i < to; i++) {
    const score = scores[members[i]!]!;
    if (score > best) best = score;
  }
  return best;
}

function sum(scores: Float32Array, members: Int32Array, from: number, to: number): number {
  let total = 0;
  for (let i = from; i < to; i++) total += scores[members[i]!]!;
  return total;
}

function meanOfBest(scores: Float32Array, members: Int32Array, m: number): number {
  const sorted = Float32Array.from(members, (slot) => scores[slot]!).sort();
  const count = Math.min(m, sorted.length);
  let total = 0;
  for (let i = sorted.length - 1; i >= sorted.length - count; i--) total += sorted[i]!;
  return total / count;
}

function votes(scores: Float32Array, classes: ClassMembers, temperature: number): Float32Array {
  const { starts, members } = classes;
  // Largest first, so that no exponential overflows.
  const top = largest(scores, members, 0, members.length);
  const shares = new Float64Array(starts.length - 1);
  let all = 0;
  for (let c = 0; c < shares.length; c++) {
    let total = 0;
    for (let i = starts[c]!; i < starts[c + 1]!; i++) total += Math.exp((scores[members[i]!]! - top) / temperature);
    shares[c] = total;
    all += total;
  }
  return Float32Array.from(shares, (share) => share / all);
}
