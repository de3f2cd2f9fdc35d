import { NearkinError } from '@nearkin/core';
import type { MinedPairs } from './miner.js';

/** About 800 MB of triplets. */
const mostTriplets = 2 ** 26;

/** Triplets that are collected one by one. */
export interface TripletList {
  /** @throws {NearkinError} `TOO_LARGE` beyond 67 million triplets */
  add(anchor: number, positive: number, negative: number): void;
  finish(dropped: number): MinedPairs;
}

export function createTripletList(): TripletList {
  let triplets = new Int32Array(3 * 256);
  let count = 0;
  return {
    add(anchor, positive, negative) {
      if (count === mostTriplets)
        throw new NearkinError(
          'TOO_LARGE',
          `Expected at most ${mostTriplets} triplets of a batch; take one negative for each positive pair (negatives: 'nearest') or a smaller batch.`,
        );
      const at = 3 * count++;
      if (at === triplets.length) {
        const larger = new Int32Array(2 * at);
        larger.set(triplets);
        triplets = larger;
      }
      triplets[at] = anchor;
      triplets[at + 1] = positive;
      triplets[at + 2] = negative;
    },
    finish(dropped) {
      const part = (offset: number) => Int32Array.from({ length: count }, (_, i) => triplets[3 * i + offset]!);
      return { kind: 'triplets', anchors: part(0), positives: part(1), negatives: part(2), dropped };
    },
  };
}

/** Pairs of cells of a matrix, as lists. */
export function minedCells(
  positives: readonly number[],
  negatives: readonly number[],
  options: { readonly columns: number; readonly dropped: number },
): MinedPairs {
  const { columns, dropped } = options;
  const list = (cells: readonly number[]) => ({
    anchors: Int32Array.from(cells, (cell) => Math.floor(cell / columns)),
    others: Int32Array.from(cells, (cell) => cell % columns),
  });
  return { kind: 'pairs', positives: list(positives), negatives: list(negatives), dropped };
}
