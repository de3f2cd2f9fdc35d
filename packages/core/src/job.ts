import { NearkinError } from './nearkin-error.js';

/** How far a long job is. */
export interface Progress {
  /** Units finished, counting those that failed. */
  readonly done: number;
  /** Units in all, or null while that is not known. */
  readonly total: number | null;
  /** What is being done, for a person: `embed`, `write`. */
  readonly phase?: string;
}

/** What every long job takes. */
export interface JobOptions {
  /** Ends the job with `ABORTED` at the next safe point. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** @throws {NearkinError} `ABORTED` when the signal has fired; its reason is the cause. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted)
    throw new NearkinError('ABORTED', 'The job was cancelled before it ended.', { cause: signal.reason });
}
