import { anchorTripletMiner } from './anchor-triplet-miner.js';
import type { Miner } from './miner.js';
import type { MinerDistanceOptions } from './mining-input.js';
import { nearestCell } from './triplet-band-miner.js';

/**
 * Picks one triplet for each anchor: its nearest positive, and the nearest negative that is farther than that. There is no
 * upper bound. Among equal distances the smaller row.
 *
 * Anchors without a positive are passed over; `dropped` counts those with a positive but no negative that is farther.
 * Memory is O(batch x rows).
 *
 * @throws {NearkinError} `INVALID_ARGUMENT` for options; mining: as losses
 * @source Xuan, Stylianou, Pless: Improved embeddings with easy positive triplet mining, WACV 2020, section 3
 * @example
 * easyPositiveSemiHardMiner().mine(tf.tensor2d([[0], [3], [1], [5]]), [0, 0, 1, 1]);
 * // anchors [0, 3], positives [1, 2], negatives [3, 0], dropped 2
 */
export function easyPositiveSemiHardMiner(options: MinerDistanceOptions = {}): Miner {
  return anchorTripletMiner('easyPositiveSemiHardMiner', options, ({ values }, { positives, negatives }) => {
    const near = nearestCell(values, positives);
    const farther = negatives.filter((cell) => values[cell]! > values[near]!);
    return [farther.length === 0 ? undefined : [near, nearestCell(values, farther)]];
  });
}
