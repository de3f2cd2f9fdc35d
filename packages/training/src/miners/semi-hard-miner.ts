import type { Miner } from './miner.js';
import { type MarginMinerOptions, tripletBandMiner } from './triplet-band-miner.js';

/**
 * Picks the semi-hard triplets of FaceNet: the negative is farther than the positive, but within the margin,
 * `d_ap < d_an < d_ap + margin`.
 *
 * Distances are not squared unless `squaredEuclidean` is asked for. Triplets come by (anchor, positive, negative). `dropped`
 * counts the positive pairs without such a negative. Memory is O(batch x rows) and the triplets found, of which
 * `negatives: 'nearest'` leaves one for each positive pair.
 *
 * @throws {NearkinError} `INVALID_ARGUMENT` for options; mining: as losses, and `TOO_LARGE` beyond 67 million triplets
 * @source Schroff, Kalenichenko, Philbin: FaceNet, CVPR 2015, section 3.2
 * @example
 * const miner = semiHardMiner({ margin: 1 });
 * miner.mine(tf.tensor2d([[0], [3], [3.5]]), [0, 0, 1]); // anchors [0], positives [1], negatives [2]
 */
export function semiHardMiner(options: MarginMinerOptions = {}): Miner {
  return tripletBandMiner('semiHardMiner', options, {
    takesMargin: true,
    fits: (near, far, margin) => near < far && far < near + margin,
  });
}
