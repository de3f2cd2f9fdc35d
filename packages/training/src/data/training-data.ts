import type { Rng } from '@nearkin/core';
import type { Tensor } from '@tensorflow/tfjs';

/** Samples that a training run draws from, by number. */
export interface TrainingData {
  /** Class of each sample, 0 to `labelNames.length - 1`. */
  readonly labels: Int32Array;
  readonly labelNames: readonly string[];
  /**
   * Makes a batch of the samples asked for.
   *
   * @param samples numbers of samples, repeats allowed
   * @param options.augment whether to vary them; `options.rng` is the only source of chance
   * @returns shape `[samples.length, …]`; the caller disposes it
   */
  batch(
    samples: readonly number[],
    options: { readonly augment: boolean; readonly rng: Rng },
  ): Tensor | Promise<Tensor>;
}
