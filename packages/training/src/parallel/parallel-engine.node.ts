import { NearkinError } from '@nearkin/core';
import type { Scalar, Tensor, Tensor2D } from '@tensorflow/tfjs';
import type { GradientEngine, StepGradients } from '../fit/gradient-engine.js';
import type { TrainableModel, TrainableWeight } from '../models/trainable-model.js';
import { numbersInPlace } from '../wasm/tensor-numbers.js';
import { embeddingSlopes } from './embedding-slopes.js';
import type { GradientThread } from './gradient-thread.node.js';
import { SharedArray, splitRows } from './shared-arrays.js';

interface ComputeOptions {
  readonly seed: number;
  readonly lossWeights: readonly TrainableWeight[];
}

/** Shares each batch among threads; this one computes the loss while they wait, and adds up what they found. */
export class ParallelEngine implements GradientEngine {
  readonly #model: TrainableModel;
  readonly #threads: readonly GradientThread[];
  readonly #weights: SharedArray<Float32Array>;
  readonly #gradients: readonly SharedArray<Float32Array>[];
  readonly #gates: readonly SharedArray<Int32Array>[];
  readonly #floats = new SharedArray(Float32Array);
  readonly #integers = new SharedArray(Int32Array);
  readonly #embeddings = new SharedArray(Float32Array);
  readonly #slopes = new SharedArray(Float32Array);
  readonly #size: number;
  #turn: Promise<void> | undefined;

  constructor(model: TrainableModel, threads: readonly GradientThread[]) {
    this.#model = model;
    this.#threads = threads;
    this.#size = model.weights.reduce((sum, { variable }) => sum + variable.size, 0);
    this.#weights = new SharedArray(Float32Array, this.#size);
    this.#gradients = threads.map(() => new SharedArray(Float32Array, this.#size));
    this.#gates = threads.map(() => new SharedArray(Int32Array, 1));
  }

  compute(inputs: Tensor, loss: (embeddings: Tensor2D) => Scalar, options: ComputeOptions): Promise<StepGradients> {
    // One batch at a time: the memory is that of one batch. The first starts at once, so that the caller may go on with
    // something else while the threads work.
    const begin = () => this.#compute(inputs, loss, options);
    const found = this.#turn ? this.#turn.then(begin) : begin();
    const turn = found
      .catch(() => {})
      .then(() => {
        if (this.#turn === turn) this.#turn = undefined;
      });
    this.#turn = turn;
    return found;
  }

  dispose(): void {
    this.#end(new NearkinError('DISPOSED', 'The engine was disposed of and cannot be used any more.'));
  }

  async #compute(
    inputs: Tensor,
    loss: (embeddings: Tensor2D) => Scalar,
    { seed, lossWeights }: ComputeOptions,
  ): Promise<StepGradients> {
    const failure = this.#threads.find((thread) => thread.failure)?.failure;
    if (failure) throw failure;
    const { dim } = this.#model;
    const rows = inputs.shape[0] ?? 0;
    if (rows < 1 || (inputs.dtype !== 'float32' && inputs.dtype !== 'int32'))
      throw new NearkinError(
        'INVALID_ARGUMENT',
        `Expected a batch of numbers with at least one row, got ${inputs.dtype} of shape [${inputs.shape.join(', ')}].`,
      );
    const dtype = inputs.dtype;
    const values = (dtype === 'int32' ? this.#integers : this.#floats).first(inputs.size);
    values.set(numbersInPlace(inputs));
    const weights = this.#writeWeights();
    const embeddings = this.#embeddings.first(rows * dim);
    const slopes = this.#slopes.first(rows * dim);
    const perRow = inputs.size / rows;
    const shards = splitRows(rows, this.#threads.length).map(({ from, to }, i) =>
      this.#threads[i]!.begin({
        inputs: values.subarray(from * perRow, to * perRow),
        shape: [to - from, ...inputs.shape.slice(1)],
        dtype,
        seed,
        firstRow: from,
        weights,
        gradients: this.#gradients[i]!.first(this.#size),
        embeddings: embeddings.subarray(from * dim, to * dim),
        slopes: slopes.subarray(from * dim, to * dim),
        gate: this.#gates[i]!.first(1),
      }),
    );
    try {
      await Promise.all(shards.map(({ embedded }) => embedded));
      const copy = embeddings.slice();
      const found = await embeddingSlopes(copy, { dim, loss, lossWeights });
      slopes.set(found.slopes);
      for (const thread of this.#threads) thread.release('open');
      await Promise.all(shards.map(({ done }) => done));
      return {
        loss: found.loss,
        embeddings: copy,
        gradients: { ...this.#sum(shards.length), ...found.gradients },
      };
    } catch (error) {
      // The others must not wait at their gates for ever, nor write into the next batch.
      for (const thread of this.#threads) thread.release('abandoned');
      await Promise.allSettled(shards.map(({ done }) => done));
      const died = this.#threads.find((thread) => thread.failure)?.failure;
      if (died) this.#end(died);
      throw died ?? error;
    }
  }

  #writeWeights(): Float32Array {
    const all = this.#weights.first(this.#size);
    let at = 0;
    for (const { variable } of this.#model.weights) {
      all.set(numbersInPlace(variable), at);
      at += variable.size;
    }
    return all;
  }

  /** Adds up the gradients of the threads in the first one's place, always in the same order. */
  #sum(shards: number): Record<string, Float32Array> {
    const total = this.#gradients[0]!.first(this.#size);
    for (const part of this.#gradients.slice(1, shards)) {
      const more = part.first(this.#size);
      for (let i = 0; i < total.length; i++) total[i]! += more[i]!;
    }
    let at = 0;
    return Object.fromEntries(
      this.#model.weights.map(({ name, variable }) => {
        const from = at;
        at += variable.size;
        return [name, total.subarray(from, at)];
      }),
    );
  }

  #end(reason: NearkinError): void {
    for (const thread of this.#threads) thread.fail(reason);
  }
}
