import type { Tensor2D } from '@tensorflow/tfjs';
import type { Reference } from '../losses/loss.js';
import type { Targets } from '../losses/targets.js';

/** What a miner picked: triplets, or pairs. Rows of negatives and positives count in the reference when there is one. */
export type MinedPairs =
  | {
      readonly kind: 'triplets';
      readonly anchors: Int32Array;
      readonly positives: Int32Array;
      readonly negatives: Int32Array;
      readonly dropped: number;
    }
  | {
      readonly kind: 'pairs';
      /** Anchor and other of each positive pair. */
      readonly positives: { readonly anchors: Int32Array; readonly others: Int32Array };
      readonly negatives: { readonly anchors: Int32Array; readonly others: Int32Array };
      readonly dropped: number;
    };

/** Picks the pairs or triplets that a loss looks at. Memory is O(batch x rows), never cubic; no gradient flows. */
export interface Miner {
  readonly name: string;
  mine(
    embeddings: Tensor2D,
    targets: Targets,
    options?: { readonly reference?: Reference | undefined; readonly seed?: number },
  ): MinedPairs;
}
