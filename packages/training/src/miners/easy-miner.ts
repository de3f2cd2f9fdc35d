import type { Miner } from './miner.js';
import { type MarginMinerOptions, tripletBandMiner } from './triplet-band-miner.js';

/**
 * Picks the easy triplets, which a triplet loss of this margin gives 0: `d_an >= d_ap + margin`.
 *
 * Triplets come by (anchor, positive, negative). `dropped` counts the positive pairs without such a negative. Memory is
 * O(batch x rows) and the triplets found, of which `negatives: 'nearest'` leaves one for each positive pair.
 *
 * @throws {NearkinError} `INVALID_ARGUMENT` for options; mining: as losses, and `TOO_LARGE` beyond 67 million triplets
 * @example
 * easyMiner({ margin: 1 }).mine(tf.tensor2d([[0], [1], [2]]), [0, 0, 1]); // anchors [0], positives [1], negatives [2]
 */
export function easyMiner(options: MarginMinerOptions = {}): Miner {
  return tripletBandMiner('easyMiner', options, {
    takesMargin: true,
    fits: (near, far, margin) => far >= near + margin,
  });
}
