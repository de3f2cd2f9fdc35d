/** Chooses the samples of each batch. */
export interface Sampler {
  readonly name: string;
  readonly batchSize: number;
  /**
   * The batches of one epoch; the same epoch number gives the same batches.
   *
   * @returns numbers of samples
   */
  epoch(epoch: number): Iterable<readonly number[]>;
  readonly batchesPerEpoch: number;
}
