import type { Miner } from './miner.js';
import { type TripletMinerOptions, tripletBandMiner } from './triplet-band-miner.js';

/**
 * Picks the hard triplets: the negative is nearer than the positive, `d_an < d_ap`.
 *
 * Triplets come by (anchor, positive, negative). `dropped` counts the positive pairs without such a negative. Memory is
 * O(batch x rows) and the triplets found, of which `negatives: 'nearest'` leaves one for each positive pair.
 *
 * @throws {NearkinError} `INVALID_ARGUMENT` for options; mining: as losses, and `TOO_LARGE` beyond 67 million triplets
 * @example
 * hardMiner().mine(tf.tensor2d([[0], [3], [1]]), [0, 0, 1]); // anchors [0, 1], positives [1, 0], negatives [2, 2]
 */
export function hardMiner(options: TripletMinerOptions = {}): Miner {
  return tripletBandMiner('hardMiner', options, { takesMargin: false, fits: (near, far) => far < near });
}
