import type { Preprocessing } from '@nearkin/embedders';
import type { LayersModel, Tensor, Tensor2D, Variable } from '@tensorflow/tfjs';

/** A weight that an optimiser moves. */
export interface TrainableWeight {
  /** Unique in its model; names the weight in checkpoints. */
  readonly name: string;
  readonly variable: Variable;
  /** Multiplies the learning rate: proxies often learn 100 times faster. Default 1. */
  readonly learningRateScale?: number;
  /** Whether decoupled weight decay applies. Default: true for matrices and filters, false for biases. */
  readonly decay?: boolean;
}

/** How a batch is embedded. */
export interface ForwardOptions {
  /** Switches dropout on. */
  readonly training: boolean;
  /** Of this call's dropout. */
  readonly seed: number;
  /** Place of the first row in the whole batch, where this is a part of it; default 0. Dropout draws row by row. */
  readonly firstRow?: number | undefined;
}

/** A model under training: a function from a batch to embeddings, and the weights behind it. */
export interface TrainableModel {
  /** Plain data that tells one architecture from another; checkpoints carry it. */
  readonly architecture: Readonly<Record<string, unknown>>;
  readonly dim: number;
  readonly weights: readonly TrainableWeight[];
  /**
   * Embeds a batch.
   *
   * @param inputs shape `[batch, …]`
   * @returns shape `[batch, dim]`, unit rows
   */
  forward(inputs: Tensor, options: ForwardOptions): Tensor2D;
  /**
   * The same function as a plain tfjs model with weights of its own, which the caller disposes; its rows need not be of
   * unit length. `saveEmbedder` needs it and `preprocessing`: models of pictures have both.
   */
  toLayersModel?(): LayersModel;
  readonly preprocessing?: Preprocessing;
  /** Frees the weights. Calling it twice is harmless. */
  dispose(): void;
}
