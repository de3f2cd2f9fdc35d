import type { NearkinErrorCode, NearkinErrorDetails } from '@nearkin/core';

/** What a worker is started with: a model as plain data. */
export interface WorkerSetup {
  readonly architecture: Readonly<Record<string, unknown>>;
  readonly backend: 'wasm' | 'cpu';
  /** URL of a module whose default export builds the model from its architecture. */
  readonly rebuild: string | undefined;
}

/** Main thread to worker: the rows of a batch that are its own. All arrays are shared memory. */
export interface ShardJob {
  readonly inputs: Float32Array | Int32Array;
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32';
  readonly seed: number;
  /** Place of its first row in the batch. */
  readonly firstRow: number;
  /** All weights, one behind the other. */
  readonly weights: Float32Array;
  /** Where the worker writes the gradients of its rows, in the order of the weights. */
  readonly gradients: Float32Array;
  /** Where it writes its embeddings. */
  readonly embeddings: Float32Array;
  /** Gradient of the loss by its embeddings; there once the gate opens. */
  readonly slopes: Float32Array;
  /** One number: `gate`. */
  readonly gate: Int32Array;
}

/** States of the gate at which a worker waits between the two halves of its work. */
export const gate = { closed: 0, open: 1, abandoned: 2 } as const;

/** Worker to main thread. */
export type WorkerAnswer =
  | {
      readonly kind: 'ready';
      readonly weights: readonly { readonly name: string; readonly shape: readonly number[] }[];
    }
  | { readonly kind: 'embedded' | 'done' }
  | { readonly kind: 'failed'; readonly error: PlainError };

/** An error that survives the way between threads. */
export interface PlainError {
  readonly code: NearkinErrorCode;
  readonly message: string;
  readonly details: NearkinErrorDetails;
}
