import type { JobOptions } from './job.js';
import type { Vectors } from './vectors.js';

/** Turns inputs (pictures, texts) into vectors of one length, so that near kin lie near. */
export interface Embedder<Input> {
  /** Identity of weights and preprocessing: two embedders with the same id give the same vectors. */
  readonly id: string;
  readonly dim: number;
  /**
   * @returns shape `[batch.length, dim]`, in the order of the batch; not necessarily of unit length
   * @throws {NearkinError} `BAD_PICTURE` and kin for an input that cannot be embedded, `ABORTED`, `DISPOSED`
   */
  embed(batch: readonly Input[], options?: EmbedOptions): Promise<Vectors>;
  /** Frees what the embedder holds. Calling it twice is harmless. */
  dispose(): void;
}

/** What a call of `embed` takes beside its batch. */
export type EmbedOptions = Pick<JobOptions, 'signal'>;
