import type { DistanceName } from '../distances/distance.js';
import { checkOptions, distanceName, finite, flag } from '../losses/check-options.js';
import { minedCells } from './mined-lists.js';
import type { Miner } from './miner.js';
import { miningInput } from './mining-input.js';

export interface MultiSimilarityMinerOptions {
  /** Default 0.1. */
  readonly epsilon?: number | undefined;
  /** Default `cosine`. */
  readonly distance?: DistanceName | undefined;
  /** Scales embeddings to length 1 first, which `cosine` does anyway; default false. */
  readonly normalize?: boolean | undefined;
}

/**
 * Picks the pairs that are hard for their anchor: negatives with `s_an > min s_ap - epsilon` and positives with
 * `s_ap < max s_an + epsilon`, least and greatest over the anchor's own pairs.
 *
 * `s` is the cosine (of another distance its similarity). An anchor without positives gives no negatives, and one without
 * negatives no positives. Pairs come by anchor and the other row; `dropped` counts the anchors with positives that give no
 * pair. Memory is O(batch x rows).
 *
 * @throws {NearkinError} `INVALID_ARGUMENT` for options; mining: as losses
 * @source Wang et al.: Multi-similarity loss with general pair weighting, CVPR 2019, equations 10 and 11
 * @example
 * const rows = tf.tensor2d([[1, 0], [0, 1], [1, 1]]);
 * multiSimilarityMiner().mine(rows, [0, 0, 1]); // positives (0, 1), (1, 0); negatives (0, 2), (1, 2)
 */
export function multiSimilarityMiner(options: MultiSimilarityMinerOptions = {}): Miner {
  checkOptions('multiSimilarityMiner', options, { epsilon: finite, distance: distanceName, normalize: flag });
  const { epsilon = 0.1, distance = 'cosine', normalize = false } = options;
  return Object.freeze<Miner>({
    name: 'multiSimilarityMiner',
    mine(embeddings, targets, { reference } = {}) {
      const input = miningInput(embeddings, targets, { distance, normalize, as: 'similarity', reference });
      const { values, columns } = input;
      const positives: number[] = [];
      const negatives: number[] = [];
      let dropped = 0;
      for (let row = 0; row < input.rows; row++) {
        const [near, far] = [input.positives(row), input.negatives(row)];
        const least = near.reduce((low, cell) => Math.min(low, values[cell]!), Number.POSITIVE_INFINITY);
        const greatest = far.reduce((high, cell) => Math.max(high, values[cell]!), Number.NEGATIVE_INFINITY);
        const hardNear = near.filter((cell) => values[cell]! < greatest + epsilon);
        const hardFar = far.filter((cell) => values[cell]! > least - epsilon);
        if (near.length > 0 && hardNear.length + hardFar.length === 0) dropped++;
        for (const cell of hardNear) positives.push(cell);
        for (const cell of hardFar) negatives.push(cell);
      }
      return minedCells(positives, negatives, { columns, dropped });
    },
  });
}
