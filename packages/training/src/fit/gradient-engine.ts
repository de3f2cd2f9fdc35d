import type { Scalar, Tensor, Tensor2D } from '@tensorflow/tfjs';
import type { TrainableWeight } from '../models/trainable-model.js';

/** What one step of training learned. */
export interface StepGradients {
  readonly loss: number;
  /** Shape `[batch, dim]`, row-major: what the model answered, for monitors. */
  readonly embeddings: Float32Array;
  /** By the names of the weights, row-major; they stand until the engine computes again. */
  readonly gradients: Readonly<Record<string, Float32Array>>;
}

/** Computes the gradients of a batch: in this thread, or shared among workers. */
export interface GradientEngine {
  /**
   * @param inputs shape `[batch, …]`; not disposed
   * @param loss a scalar of all embeddings of the batch
   * @param options.lossWeights weights of the loss, whose gradients are wanted too
   */
  compute(
    inputs: Tensor,
    loss: (embeddings: Tensor2D) => Scalar,
    options: { readonly seed: number; readonly lossWeights: readonly TrainableWeight[] },
  ): Promise<StepGradients>;
  dispose(): void;
}
