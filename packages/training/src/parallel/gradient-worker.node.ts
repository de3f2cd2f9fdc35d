import { parentPort, workerData } from 'node:worker_threads';
import { NearkinError } from '@nearkin/core';
import { chooseBackend } from '@nearkin/embedders/node';
import { mul, type Scalar, sum, tensor, tidy, util, variableGrads } from '@tensorflow/tfjs';
import type { TrainableModel } from '../models/trainable-model.js';
import { enableWasmTraining } from '../wasm/enable-wasm-training.js';
import { numbersInPlace } from '../wasm/tensor-numbers.js';
import { gate, type PlainError, type ShardJob, type WorkerAnswer, type WorkerSetup } from './gradient-messages.js';
import { rebuildModel } from './rebuild-model.js';

const setup = workerData as WorkerSetup;
const port = parentPort!;
const answer = (message: WorkerAnswer) => port.postMessage(message);

try {
  await chooseBackend({ force: setup.backend });
  if (setup.backend === 'wasm') enableWasmTraining();
  const model = await rebuildModel(setup.architecture, { module: setup.rebuild });
  port.on('message', (job: ShardJob) => {
    try {
      tidy(() => learn(model, job));
      answer({ kind: 'done' });
    } catch (error) {
      answer({ kind: 'failed', error: plain(error) });
    }
  });
  answer({
    kind: 'ready',
    weights: model.weights.map(({ name, variable }) => ({ name, shape: [...variable.shape] })),
  });
} catch (error) {
  answer({ kind: 'failed', error: plain(error) });
}

/**
 * Forward, then a stop in the middle of the tape until the main thread knows the loss of the whole batch and its gradient
 * by these embeddings, then backward: the gradients of sum(embeddings * that) are those of the loss.
 */
function learn(model: TrainableModel, job: ShardJob): void {
  const variables = model.weights.map(({ variable }) => variable);
  let at = 0;
  for (const variable of variables) {
    variable.assign(tensor(own(job.weights.subarray(at, at + variable.size)), variable.shape));
    at += variable.size;
  }
  const inputs = tensor(own(job.inputs), [...job.shape], job.dtype);
  const { grads } = variableGrads(() => {
    const embeddings = model.forward(inputs, { training: true, seed: job.seed, firstRow: job.firstRow });
    if (embeddings.size !== job.embeddings.length)
      throw new NearkinError(
        'DIMENSION_MISMATCH',
        `Expected ${job.embeddings.length} numbers of ${job.shape[0]} rows, got the shape [${embeddings.shape.join(', ')}].`,
      );
    job.embeddings.set(numbersInPlace(embeddings));
    answer({ kind: 'embedded' });
    Atomics.wait(job.gate, 0, gate.closed);
    if (Atomics.load(job.gate, 0) === gate.abandoned)
      throw new NearkinError('ABORTED', 'The main thread gave this batch up.');
    return sum(mul(embeddings, tensor(own(job.slopes), embeddings.shape))) as Scalar;
  }, variables);
  at = 0;
  for (const variable of variables) {
    const gradient = grads[variable.name];
    const size = util.sizeFromShape(variable.shape);
    if (gradient) job.gradients.set(numbersInPlace(gradient), at);
    else job.gradients.fill(0, at, at + size);
    at += size;
  }
}

/** Plain JavaScript keeps the numbers that a tensor is made of: not the shared ones, then. Wasm copies by itself. */
function own<T extends Float32Array | Int32Array>(shared: T): T {
  return setup.backend === 'cpu' ? (shared.slice() as T) : shared;
}

function plain(error: unknown): PlainError {
  if (error instanceof NearkinError) return error.toJSON();
  return { code: 'WORKER_FAILED', message: error instanceof Error ? error.message : String(error), details: {} };
}
