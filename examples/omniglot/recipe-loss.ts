import { type Loss, supConLoss } from '@nearkin/training';
import { add, tidy } from '@tensorflow/tfjs';
import { classVectorsLoss } from './class-vectors-loss.js';

/**
 * Supervised contrastive loss among the drawings of a batch, plus cross entropy over one learned unit vector for each
 * class: the first compares with few drawings that are right, the second with all classes at once.
 */
export function recipeLoss(options: {
  readonly classes: number;
  readonly dim: number;
  readonly temperature: number;
  readonly seed: number;
}): Loss {
  const batch = supConLoss({ temperature: options.temperature });
  const all = classVectorsLoss(options);
  return Object.freeze<Loss>({
    name: 'supervised contrastive + class vectors',
    weights: all.weights,
    compute: (embeddings, targets) =>
      tidy(() => add(batch.compute(embeddings, targets), all.compute(embeddings, targets))),
    dispose() {
      batch.dispose();
      all.dispose();
    },
  });
}
