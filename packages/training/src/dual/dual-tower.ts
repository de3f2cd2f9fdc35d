import type { Embedder, JobOptions, Rng } from '@nearkin/core';
import type { Tensor } from '@tensorflow/tfjs';
import type { EmbeddingBag } from '../models/embedding-bag.js';
import type { TrainableModel } from '../models/trainable-model.js';

/**
 * One side of a dual encoder under training: a model, and how inputs (pictures, texts) become its batches. See
 * {@link pictureTower}, {@link textTower}, {@link frozenTower}.
 */
export interface DualTower<Input> {
  readonly model: TrainableModel;
  /** A table of which samples sum rows, learned beside the model's weights. */
  readonly table?: LearnedTable | undefined;
  /**
   * Reads all inputs once, whatever the number of steps.
   *
   * @param options.onError gets what an input cannot be read for, and its number; without it the first one is thrown
   */
  prepare(inputs: readonly Input[], options: PrepareOptions): Promise<PreparedInputs>;
  /** An embedder with copies of the weights as they are now. The caller disposes it. */
  toEmbedder(): Promise<Embedder<Input>>;
}

export interface PrepareOptions extends JobOptions {
  readonly onError?: ((error: unknown, input: number) => void) | undefined;
}

export interface LearnedTable {
  readonly bag: EmbeddingBag;
  /** Times the schedule's factor. */
  readonly learningRate: number;
}

/** Inputs that are read, by number. */
export interface PreparedInputs {
  readonly count: number;
  /**
   * @param samples numbers of inputs, repeats allowed
   * @param options.augment whether to vary them; `options.rng` is the only source of chance
   */
  batch(
    samples: readonly number[],
    options: { readonly augment: boolean; readonly rng: Rng },
  ): TowerBatch | Promise<TowerBatch>;
}

export interface TowerBatch {
  /** What the model's `forward` takes; whoever asked for the batch disposes it. */
  readonly inputs: Tensor;
  /** Where the inputs are sums of a table's rows: which. */
  readonly rows?: readonly Int32Array[] | undefined;
}
