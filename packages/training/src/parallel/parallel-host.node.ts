import { NearkinError, throwIfAborted } from '@nearkin/core';
import { getBackend } from '@tensorflow/tfjs';
import type { GradientEngine } from '../fit/gradient-engine.js';
import type { TrainableModel } from '../models/trainable-model.js';
import { enableWasmTraining } from '../wasm/enable-wasm-training.js';
import type { ParallelEngineOptions } from './create-parallel-engine.js';
import { GradientThread } from './gradient-thread.node.js';
import { ParallelEngine } from './parallel-engine.node.js';
import { assertRebuildable } from './rebuild-model.js';

/** Starts the threads; undefined on backends that use all cores by themselves. */
export async function startThreads(
  model: TrainableModel,
  { workers, rebuild, signal }: ParallelEngineOptions,
): Promise<GradientEngine | undefined> {
  const backend = getBackend();
  if (backend !== 'wasm' && backend !== 'cpu') return undefined;
  // This thread computes the loss.
  if (backend === 'wasm') enableWasmTraining();
  if (rebuild === undefined) assertRebuildable(model.architecture);
  const setup = { architecture: model.architecture, backend, rebuild: rebuild && String(rebuild) } as const;
  const started = await Promise.allSettled(Array.from({ length: workers }, () => GradientThread.start(setup)));
  const threads = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  try {
    for (const result of started) if (result.status === 'rejected') throw result.reason;
    throwIfAborted(signal);
    for (const thread of threads) assertSameWeights(model, thread);
  } catch (error) {
    for (const thread of threads) thread.fail(error as NearkinError);
    throw error;
  }
  return new ParallelEngine(model, threads);
}

function assertSameWeights(model: TrainableModel, thread: GradientThread): void {
  const describe = (weights: readonly { readonly name: string; readonly shape: readonly number[] }[]) =>
    weights.map(({ name, shape }) => `${name} [${shape.join(', ')}]`).join('; ');
  const wanted = describe(model.weights.map(({ name, variable }) => ({ name, shape: variable.shape })));
  const got = describe(thread.weights);
  if (wanted !== got)
    throw new NearkinError(
      'MODEL_MISMATCH',
      `The model that a worker built from the architecture has other weights: expected ${wanted}, got ${got}.`,
      { details: { wanted, got } },
    );
}
