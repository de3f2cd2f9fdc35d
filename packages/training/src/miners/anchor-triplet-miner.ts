import { checkOptions, distanceName, flag } from '../losses/check-options.js';
import { createTripletList } from './mined-lists.js';
import type { Miner } from './miner.js';
import { type MinerDistanceOptions, type MiningInput, miningInput } from './mining-input.js';

/** The cells of a positive and a negative pair. */
type Choice = readonly [positive: number, negative: number];

/**
 * Makes a miner that looks at the positives and negatives of one anchor at a time. Anchors without either are passed over.
 *
 * @param choose the choices of an anchor, undefined for one that is dropped
 */
export function anchorTripletMiner(
  name: string,
  options: MinerDistanceOptions,
  choose: (
    input: MiningInput,
    cells: { readonly positives: readonly number[]; readonly negatives: readonly number[] },
  ) => readonly (Choice | undefined)[],
): Miner {
  checkOptions(name, options, { distance: distanceName, normalize: flag });
  const { distance = 'euclidean', normalize = false } = options;
  return Object.freeze<Miner>({
    name,
    mine(embeddings, targets, { reference } = {}) {
      const input = miningInput(embeddings, targets, { distance, normalize, as: 'distance', reference });
      const found = createTripletList();
      let dropped = 0;
      for (let row = 0; row < input.rows; row++) {
        const [positives, negatives] = [input.positives(row), input.negatives(row)];
        if (positives.length === 0) continue;
        const choices = negatives.length === 0 ? [undefined] : choose(input, { positives, negatives });
        for (const choice of choices) {
          if (choice) found.add(row, choice[0] % input.columns, choice[1] % input.columns);
          else dropped++;
        }
      }
      return found.finish(dropped);
    },
  });
}
