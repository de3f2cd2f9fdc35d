import { createRng } from '@nearkin/core';
import { checkOptions, positive } from '../losses/check-options.js';
import { logDistanceWeight } from './distance-weights.js';
import { createTripletList } from './mined-lists.js';
import type { Miner } from './miner.js';
import { miningInput } from './mining-input.js';

export interface DistanceWeightedMinerOptions {
  /** Smaller distances count as this; default 0.5. */
  readonly cutoff?: number | undefined;
  /** Negatives at this distance or farther are never drawn; default 1.4, margin + beta of the margin loss. */
  readonly farthest?: number | undefined;
}

/**
 * Draws one negative for each positive pair, near and far ones alike: with a chance that is the inverse of how many points
 * of a sphere lie at its distance.
 *
 * Distances are Euclidean between unit rows: embeddings are scaled to length 1 first. Weights are those of
 * `(2 - n) ln D - ((n - 3) / 2) ln(1 - D^2 / 4)`, D = max(d, cutoff), n the dimension, divided by their sum over the anchor's
 * negatives; 0 from `farthest` on. Draws are with replacement, under the seed of the call. Triplets come by (anchor,
 * positive). Anchors without a positive are passed over; `dropped` counts the anchors with positives whose negatives all
 * weigh 0. Memory is O(batch x rows).
 *
 * @throws {NearkinError} `INVALID_ARGUMENT` for options; mining: as losses
 * @source Wu et al.: Sampling matters in deep embedding learning, ICCV 2017, section 4.1
 * @example
 * const rows = tf.tensor2d([[1, 0], [1, 0], [0, 1]]);
 * distanceWeightedMiner({ farthest: 1.5 }).mine(rows, [0, 0, 1], { seed: 1 }); // anchors [0, 1], positives [1, 0], negatives [2, 2]
 */
export function distanceWeightedMiner(options: DistanceWeightedMinerOptions = {}): Miner {
  checkOptions('distanceWeightedMiner', options, { cutoff: positive, farthest: positive });
  const { cutoff = 0.5, farthest = 1.4 } = options;
  return Object.freeze<Miner>({
    name: 'distanceWeightedMiner',
    mine(embeddings, targets, { reference, seed = 0 } = {}) {
      const measure = { distance: 'euclidean', normalize: true, as: 'distance', reference } as const;
      const input = miningInput(embeddings, targets, measure);
      const { values, columns } = input;
      const settings = { dim: embeddings.shape[1], cutoff, farthest };
      const rng = createRng(seed);
      const found = createTripletList();
      let dropped = 0;
      for (let row = 0; row < input.rows; row++) {
        const positives = input.positives(row);
        if (positives.length === 0) continue;
        const cells = input.negatives(row);
        const sums = cumulate(cells.map((cell) => logDistanceWeight(values[cell]!, settings)));
        if (!sums) {
          dropped++;
          continue;
        }
        for (const near of positives) {
          const point = rng.uniform() * sums.at(-1)!;
          const cell = cells[sums.findIndex((sum) => sum > point)]!;
          found.add(row, near % columns, cell % columns);
        }
      }
      return found.finish(dropped);
    },
  });
}

/** Running sums of e^(value - largest); undefined when all are 0. */
function cumulate(logs: readonly number[]): number[] | undefined {
  const largest = logs.reduce((high, value) => Math.max(high, value), Number.NEGATIVE_INFINITY);
  if (largest === Number.NEGATIVE_INFINITY) return undefined;
  let sum = 0;
  return logs.map((value) => {
    sum += Math.exp(value - largest);
    return sum;
  });
}
