import type { Scalar, Tensor2D } from '@tensorflow/tfjs';
import type { TrainableWeight } from '../models/trainable-model.js';

/** Which rows of a batch of pictures and texts belong together: those of equal numbers. */
export interface DualEncoderMatches {
  /** A number for each picture; default: its row. The same number twice is the same picture twice. */
  readonly imageIds?: readonly number[] | Int32Array | undefined;
  /** For each text the number of its picture; default: its row. Several texts may have the same. */
  readonly textIds?: readonly number[] | Int32Array | undefined;
}

/** A loss that brings pictures and their texts together, made by a factory such as `clipLoss()`. */
export interface DualEncoderLoss {
  readonly name: string;
  /** Weights of its own: the logarithm of the scale, a bias. */
  readonly weights: readonly TrainableWeight[];
  /**
   * @param images shape `[images, dim]`
   * @param texts shape `[texts, dim]`
   * @param matches default: row i of one belongs to row i of the other
   * @returns a scalar
   */
  compute(images: Tensor2D, texts: Tensor2D, matches?: DualEncoderMatches): Scalar;
  /** Brings weights that have bounds back into them. Call it after each step of the optimiser. */
  afterStep(): void;
  dispose(): void;
}
