import { checkOptions, distanceName, finite, flag } from '../losses/check-options.js';
import { minedCells } from './mined-lists.js';
import type { Miner } from './miner.js';
import { type MinerDistanceOptions, miningInput } from './mining-input.js';

export interface PairMarginMinerOptions extends MinerDistanceOptions {
  /** Default 0.2. */
  readonly posMargin?: number | undefined;
  /** Default 0.8. */
  readonly negMargin?: number | undefined;
}

/**
 * Picks the positive pairs with `d > posMargin` and the negative pairs with `d < negMargin`.
 *
 * Pairs come by anchor and the other row; nothing counts as dropped. Memory is O(batch x rows).
 *
 * @throws {NearkinError} `INVALID_ARGUMENT` for options; mining: as losses
 * @example
 * pairMarginMiner().mine(tf.tensor2d([[0], [0.5], [1]]), [0, 0, 1]); // positives (0, 1), (1, 0); negatives (1, 2), (2, 1)
 */
export function pairMarginMiner(options: PairMarginMinerOptions = {}): Miner {
  const rules = { posMargin: finite, negMargin: finite, distance: distanceName, normalize: flag };
  checkOptions('pairMarginMiner', options, rules);
  const { posMargin = 0.2, negMargin = 0.8, distance = 'euclidean', normalize = false } = options;
  return Object.freeze<Miner>({
    name: 'pairMarginMiner',
    mine(embeddings, targets, { reference } = {}) {
      const input = miningInput(embeddings, targets, { distance, normalize, as: 'distance', reference });
      const { values, columns, rows } = input;
      const all = (cellsOf: (row: number) => number[]) => Array.from({ length: rows }, (_, row) => cellsOf(row)).flat();
      const positives = all(input.positives).filter((cell) => values[cell]! > posMargin);
      const negatives = all(input.negatives).filter((cell) => values[cell]! < negMargin);
      return minedCells(positives, negatives, { columns, dropped: 0 });
    },
  });
}
