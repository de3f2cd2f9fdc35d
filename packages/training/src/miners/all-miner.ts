import { readRows } from '../distances/rows.js';
import { pairsOf } from '../losses/pair-list.js';
import { relateBatch } from '../losses/pair-loss.js';
import type { Miner } from './miner.js';

/**
 * Picks all there is: every positive and every negative pair, by anchor and the other row. Losses of triplets make all
 * triplets of them. Nothing is dropped. Memory is O(batch x rows).
 *
 * @throws {NearkinError} mining: as losses
 * @example
 * allMiner().mine(tf.tensor2d([[0], [1], [2]]), [0, 0, 1]); // positives (0, 1), (1, 0); negatives (0, 2), (1, 2), (2, 0), (2, 1)
 */
export function allMiner(): Miner {
  return Object.freeze<Miner>({
    name: 'allMiner',
    mine(embeddings, targets, { reference } = {}) {
      const { count } = readRows('embeddings', embeddings);
      return { kind: 'pairs', ...pairsOf(relateBatch(targets, count, reference)), dropped: 0 };
    },
  });
}
