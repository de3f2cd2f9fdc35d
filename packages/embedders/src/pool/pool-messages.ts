import type { NearkinErrorCode, NearkinErrorDetails } from '@nearkin/core';
import type { io } from '@tensorflow/tfjs-core';
import type { ImageInput } from '../pictures/image-input.js';
import type { Preprocessing } from '../pictures/preprocessing.js';
import type { ReadImageNodeOptions } from '../pictures/read-image.node.js';

/** What a worker is started with: a whole embedder as plain data. */
export interface WorkerSetup {
  readonly artifacts: io.ModelArtifacts;
  readonly id: string;
  readonly layer: string;
  readonly preprocessing: Preprocessing;
  readonly batchSize: number;
  readonly backend: 'tensorflow' | 'wasm' | 'cpu';
  readonly reading: Pick<ReadImageNodeOptions, 'limitInputPixels' | 'decoder'>;
}

/** Main thread to worker. */
export interface WorkerJob {
  readonly job: number;
  readonly inputs: readonly ImageInput[];
}

/** Worker to main thread. */
export type WorkerAnswer =
  | { readonly ready: true; readonly dim: number }
  | { readonly job: number; readonly rows: Float32Array }
  | { readonly job: number | undefined; readonly error: PlainError };

/** An error that survives the way between threads. */
export interface PlainError {
  readonly code: NearkinErrorCode;
  readonly message: string;
  readonly details: NearkinErrorDetails;
}
