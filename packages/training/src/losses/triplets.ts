import { NearkinError } from '@nearkin/core';
import type { MinedPairs } from '../miners/miner.js';
import { type Pairs, startsOf } from './pair-list.js';

/** Calls back for triplets: rows of anchor, positive, negative and the triplet's number. */
type TripletVisitor = (anchor: number, positive: number, negative: number, triplet: number) => void;

/** Triplets in their order, without a list of them where they follow from pairs. */
export interface Triplets {
  readonly count: number;
  visit(visitor: TripletVisitor): void;
}

/**
 * The triplets that were mined; else every positive pair with every negative pair of its anchor, by anchor, positive and
 * negative. Memory is that of the pairs.
 *
 * @throws {NearkinError} `INVALID_ARGUMENT` when mined triplets are not of equal length
 */
export function tripletsOf(mined: MinedPairs | undefined, pairs: Pairs, rows: number): Triplets {
  if (mined?.kind === 'triplets') {
    const { anchors, positives, negatives } = mined;
    if (anchors.length !== positives.length || anchors.length !== negatives.length)
      throw new NearkinError(
        'INVALID_ARGUMENT',
        `Expected as many positives and negatives as anchors, got ${anchors.length}, ${positives.length}, ${negatives.length}.`,
      );
    return {
      count: anchors.length,
      visit(visitor) {
        for (let i = 0; i < anchors.length; i++) visitor(anchors[i]!, positives[i]!, negatives[i]!, i);
      },
    };
  }
  const positiveStarts = startsOf(pairs.positives, rows);
  const negativeStarts = startsOf(pairs.negatives, rows);
  let count = 0;
  for (let row = 0; row < rows; row++)
    count += (positiveStarts[row + 1]! - positiveStarts[row]!) * (negativeStarts[row + 1]! - negativeStarts[row]!);
  return {
    count,
    visit(visitor) {
      let triplet = 0;
      for (let anchor = 0; anchor < rows; anchor++)
        for (let p = positiveStarts[anchor]!; p < positiveStarts[anchor + 1]!; p++)
          for (let n = negativeStarts[anchor]!; n < negativeStarts[anchor + 1]!; n++)
            visitor(anchor, pairs.positives.others[p]!, pairs.negatives.others[n]!, triplet++);
    },
  };
}
