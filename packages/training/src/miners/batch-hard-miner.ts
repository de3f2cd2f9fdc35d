import { anchorTripletMiner } from './anchor-triplet-miner.js';
import type { Miner } from './miner.js';
import type { MinerDistanceOptions } from './mining-input.js';
import { farthestCell, nearestCell } from './triplet-band-miner.js';

/**
 * Picks one triplet for each anchor: its farthest positive and its nearest negative. Among equal distances the smaller row.
 *
 * Anchors without a positive are passed over; `dropped` counts those with a positive but no negative. Memory is
 * O(batch x rows).
 *
 * @throws {NearkinError} `INVALID_ARGUMENT` for options; mining: as losses
 * @source Hermans, Beyer, Leibe: In defense of the triplet loss for person re-identification, 2017, equation 5
 * @example
 * batchHardMiner().mine(tf.tensor2d([[0], [3], [1], [5]]), [0, 0, 1, 1]);
 * // anchors [0, 1, 2, 3], positives [1, 0, 3, 2], negatives [2, 2, 0, 1]
 */
export function batchHardMiner(options: MinerDistanceOptions = {}): Miner {
  return anchorTripletMiner('batchHardMiner', options, ({ values }, { positives, negatives }) => [
    [farthestCell(values, positives), nearestCell(values, negatives)],
  ]);
}
