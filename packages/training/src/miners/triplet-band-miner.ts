import { createRng } from '@nearkin/core';
import { checkOptions, distanceName, finite, flag, oneOf } from '../losses/check-options.js';
import { createTripletList } from './mined-lists.js';
import type { Miner } from './miner.js';
import { type MinerDistanceOptions, miningInput } from './mining-input.js';

export interface TripletMinerOptions extends MinerDistanceOptions {
  /**
   * Which of the negatives that fit a positive pair are taken: `all` (default), the `nearest` to the anchor (ties: the
   * smaller row), or one at `random` under the seed of the call.
   */
  readonly negatives?: 'all' | 'nearest' | 'random' | undefined;
}

export interface MarginMinerOptions extends TripletMinerOptions {
  /** Default 0.2. */
  readonly margin?: number | undefined;
}

/** Makes a miner of the triplets whose distances, to the positive and to the negative, fit a condition. */
export function tripletBandMiner(
  name: string,
  options: MarginMinerOptions,
  parts: { readonly takesMargin: boolean; readonly fits: (near: number, far: number, margin: number) => boolean },
): Miner {
  checkOptions(name, options, {
    ...(parts.takesMargin ? { margin: finite } : {}),
    distance: distanceName,
    normalize: flag,
    negatives: oneOf('all', 'nearest', 'random'),
  });
  const { distance = 'euclidean', normalize = false, negatives = 'all', margin = 0.2 } = options;
  return Object.freeze<Miner>({
    name,
    mine(embeddings, targets, { reference, seed = 0 } = {}) {
      const input = miningInput(embeddings, targets, { distance, normalize, as: 'distance', reference });
      const { values, columns } = input;
      const rng = createRng(seed);
      const found = createTripletList();
      let dropped = 0;
      for (let row = 0; row < input.rows; row++) {
        const far = input.negatives(row);
        for (const near of input.positives(row)) {
          let fitting = far.filter((cell) => parts.fits(values[near]!, values[cell]!, margin));
          if (fitting.length === 0) dropped++;
          else if (negatives === 'nearest') fitting = [nearestCell(values, fitting)];
          else if (negatives === 'random') fitting = [fitting[rng.integer(fitting.length)]!];
          for (const cell of fitting) found.add(row, near % columns, cell % columns);
        }
      }
      return found.finish(dropped);
    },
  });
}

/** The cell of the smallest value; the first of several. */
export function nearestCell(values: Float64Array, cells: readonly number[]): number {
  return cells.reduce((best, cell) => (values[cell]! < values[best]! ? cell : best));
}

/** The cell of the largest value; the first of several. */
export function farthestCell(values: Float64Array, cells: readonly number[]): number {
  return cells.reduce((best, cell) => (values[cell]! > values[best]! ? cell : best));
}
