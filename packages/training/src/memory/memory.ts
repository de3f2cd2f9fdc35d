import type { Tensor2D } from '@tensorflow/tfjs';
import type { StepState } from '../fit/step-state.js';
import type { Reference } from '../losses/loss.js';
import type { Targets } from '../losses/targets.js';

/** Embeddings of the last batches, for losses that compare a batch with more rows than its own. */
export interface Memory extends StepState {
  readonly name: string;
  /**
   * Takes in a batch, then gives the rows to compare it with, its own copies among them (`copyOf` tells which).
   * Called once a step.
   *
   * @param embeddings shape `[batch, dim]`; copied, no gradient flows
   * @returns undefined while the memory warms up
   */
  next(embeddings: Tensor2D, targets: Targets): Reference | undefined;
  dispose(): void;
}
