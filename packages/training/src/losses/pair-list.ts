import { NearkinError } from '@nearkin/core';
import type { MinedPairs } from '../miners/miner.js';
import { negativePair, positivePair, type Relation } from './relation.js';

/** Ordered pairs: anchor and other of each. */
export interface PairList {
  readonly anchors: Int32Array;
  readonly others: Int32Array;
}

export interface Pairs {
  readonly positives: PairList;
  readonly negatives: PairList;
}

/** All pairs of a relation, by anchor, then by the other row. */
export function pairsOf(relation: Relation): Pairs {
  return { positives: listPairs(relation, positivePair), negatives: listPairs(relation, negativePair) };
}

/**
 * The pairs that a miner picked, in its order; a triplet is a positive and a negative pair.
 *
 * @param options.repeats whether a pair in several triplets is listed as often; else pairs come sorted, once each
 * @throws {NearkinError} `INVALID_ARGUMENT` for rows that do not exist
 */
export function minedPairs(
  mined: MinedPairs,
  options: { readonly rows: number; readonly columns: number; readonly repeats: boolean },
): Pairs {
  const { positives, negatives } =
    mined.kind === 'pairs'
      ? mined
      : {
          positives: { anchors: mined.anchors, others: mined.positives },
          negatives: { anchors: mined.anchors, others: mined.negatives },
        };
  for (const list of [positives, negatives]) checkPairs(list, options);
  return options.repeats
    ? { positives, negatives }
    : { positives: once(positives, options.columns), negatives: once(negatives, options.columns) };
}

/** Where the pairs of each anchor begin in a list sorted by anchors: those of row r are `[starts[r], starts[r + 1])`. */
export function startsOf(list: PairList, rows: number): Int32Array {
  const starts = new Int32Array(rows + 1);
  for (const anchor of list.anchors) starts[anchor + 1]!++;
  for (let row = 0; row < rows; row++) starts[row + 1]! += starts[row]!;
  return starts;
}

function listPairs({ rows, columns, kinds }: Relation, kind: number): PairList {
  let count = 0;
  for (const value of kinds) if (value === kind) count++;
  const anchors = new Int32Array(count);
  const others = new Int32Array(count);
  for (let row = 0, at = 0, found = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      if (kinds[at++] === kind) {
        anchors[found] = row;
        others[found++] = column;
      }
  return { anchors, others };
}

function once({ anchors, others }: PairList, columns: number): PairList {
  const keys = Float64Array.from(anchors, (anchor, i) => anchor * columns + others[i]!).sort();
  const distinct = keys.filter((key, i) => i === 0 || key !== keys[i - 1]);
  return {
    anchors: Int32Array.from(distinct, (key) => Math.floor(key / columns)),
    others: Int32Array.from(distinct, (key) => key % columns),
  };
}

function checkPairs({ anchors, others }: PairList, { rows, columns }: { rows: number; columns: number }): void {
  if (anchors.length !== others.length)
    throw new NearkinError(
      'INVALID_ARGUMENT',
      `Expected as many mined anchors as others, got ${anchors.length} and ${others.length}.`,
    );
  for (let i = 0; i < anchors.length; i++) {
    const [anchor, other] = [anchors[i]!, others[i]!];
    if (anchor < 0 || anchor >= rows || other < 0 || other >= columns)
      throw new NearkinError(
        'INVALID_ARGUMENT',
        `Expected mined pairs within ${rows} x ${columns}, got ${anchor}, ${other}; was the miner given this batch and reference?`,
        { details: { anchor, other, rows, columns } },
      );
  }
}
