import { type JobOptions, NearkinError, throwIfAborted } from '@nearkin/core';
import { startThreads } from '#parallel-host';
import type { GradientEngine } from '../fit/gradient-engine.js';
import { singleThreadEngine } from '../fit/single-thread-engine.js';
import type { TrainableModel } from '../models/trainable-model.js';

export interface ParallelEngineOptions extends Pick<JobOptions, 'signal'> {
  /** Threads that share each batch; 1 computes in this thread. The cores of the machine are a good number. */
  readonly workers: number;
  /** For models that are not nearkin's: a module whose default export builds the model from its architecture. */
  readonly rebuild?: URL | string | undefined;
}

/**
 * Starts threads that share the work on each batch, for `fit`'s option `engine`. Each embeds its rows, waits until the
 * loss of the whole batch is known, and goes on to its gradients; they are added up in a fixed order. The gradients are
 * those of one thread up to rounding, dropout and all, and the same for the same number of threads.
 *
 * Threads need Node and the wasm or cpu backend; elsewhere (pages, tfjs-node, which has threads of its own) it computes
 * in this thread, with the same results. `dispose` ends the threads.
 *
 * @throws {NearkinError} `INVALID_ARGUMENT`; `UNSUPPORTED` for a model that threads cannot build; `MODEL_MISMATCH` when
 *   they build another one; `ABORTED`. From `compute`: `WORKER_FAILED` when a thread died, and from then on
 * @example
 * const engine = await createParallelEngine(model, { workers: 2 });
 * const { history } = await fit(model, data, { loss, sampler, epochs: 10, engine });
 * engine.dispose();
 */
export async function createParallelEngine(
  model: TrainableModel,
  options: ParallelEngineOptions,
): Promise<GradientEngine> {
  const { workers, signal } = options;
  if (!Number.isSafeInteger(workers) || workers < 1 || workers > 256)
    throw new NearkinError('INVALID_ARGUMENT', `Expected 1 to 256 workers, got ${workers}.`, { details: { workers } });
  throwIfAborted(signal);
  return (workers > 1 ? await startThreads(model, options) : undefined) ?? singleThreadEngine(model);
}
