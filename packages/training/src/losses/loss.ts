import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import type { StepState } from '../fit/step-state.js';
import type { MinedPairs } from '../miners/miner.js';
import type { TrainableWeight } from '../models/trainable-model.js';
import type { Targets } from './targets.js';

/** How the losses of elements become one number: their mean, the mean of those above zero, their sum, or as they are. */
export type Reduction = 'mean' | 'nonZeroMean' | 'sum' | 'none';

/** Rows that a batch is compared with, when they are not its own: a memory. */
export interface Reference {
  /** Shape `[rows, dim]`; no gradient flows into it. */
  readonly embeddings: Tensor2D;
  readonly targets: Targets;
  /** For each row of the reference, the row of the batch that it is a copy of, or -1. */
  readonly copyOf?: Int32Array;
}

/** A loss made by a factory such as `contrastiveLoss({ negMargin: 1 })`. */
export interface Loss {
  readonly name: string;
  /** Weights of its own: proxies, boundaries. */
  readonly weights: readonly TrainableWeight[];
  /** What the loss remembers from step to step beside weights, where it does. */
  readonly state?: StepState;
  /** The value that it has when all embeddings are one point, where that is known: a triplet loss then is its margin. */
  readonly collapsedValue?: number;
  /**
   * @param embeddings shape `[batch, dim]`
   * @returns a scalar, or with `reduction: 'none'` one number for each term that the loss documents
   */
  compute(
    embeddings: Tensor2D,
    targets: Targets,
    options?: {
      readonly mined?: MinedPairs | undefined;
      readonly reference?: Reference | undefined;
      readonly seed?: number;
    },
  ): Tensor;
  dispose(): void;
}
