import { anchorTripletMiner } from './anchor-triplet-miner.js';
import type { Miner } from './miner.js';
import type { MinerDistanceOptions } from './mining-input.js';
import { farthestCell, nearestCell } from './triplet-band-miner.js';

/**
 * Picks one triplet for each positive pair: the nearest negative that is strictly farther than the positive, else the
 * farthest negative. TensorFlow calls this semi-hard, though no margin bounds it. Among equal distances the smaller row.
 *
 * Triplets come by (anchor, positive). Anchors without a positive are passed over; `dropped` counts those with a positive
 * but no negative. Memory is O(batch x rows).
 *
 * @throws {NearkinError} `INVALID_ARGUMENT` for options; mining: as losses
 * @source TensorFlow Addons, `triplet_semihard_loss`
 * @example
 * nearestFartherNegativeMiner().mine(tf.tensor2d([[0], [3], [1], [5]]), [0, 0, 1, 1]);
 * // anchors [0, 1, 2, 3], positives [1, 0, 3, 2], negatives [3, 2, 1, 0]
 */
export function nearestFartherNegativeMiner(options: MinerDistanceOptions = {}): Miner {
  return anchorTripletMiner('nearestFartherNegativeMiner', options, ({ values }, { positives, negatives }) =>
    positives.map((near) => {
      const farther = negatives.filter((cell) => values[cell]! > values[near]!);
      return [near, farther.length > 0 ? nearestCell(values, farther) : farthestCell(values, negatives)] as const;
    }),
  );
}
