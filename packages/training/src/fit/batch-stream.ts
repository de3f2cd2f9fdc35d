import { createRng, NearkinError } from '@nearkin/core';
import type { Tensor } from '@tensorflow/tfjs';
import type { TrainingData } from '../data/training-data.js';
import type { Sampler } from '../samplers/sampler.js';
import { stepSeed } from './step-seed.js';

/** How far a run has read: the next batch is number `batch` of `epoch`, and number `total` of the run. */
export interface BatchPosition {
  readonly epoch: number;
  readonly batch: number;
  readonly total: number;
}

export interface Batch {
  /** The reader disposes it. */
  readonly inputs: Tensor;
  readonly labels: Int32Array;
  /** Where the stream is after this batch. */
  readonly after: BatchPosition;
}

/** Batches in the sampler's order. */
export interface BatchStream {
  next(): Promise<Batch>;
  /** Starts loading the batch after the last one: to be called once threads, if there are any, have work. */
  loadAhead(): void;
  /** Frees the batch that was loaded ahead. */
  close(): Promise<void>;
}

export function openBatchStream(
  data: TrainingData,
  options: {
    readonly sampler: Sampler;
    readonly seed: number;
    readonly augment: boolean;
    readonly from: BatchPosition;
  },
): BatchStream {
  const { sampler, seed, augment, from } = options;
  const choices = walk(sampler, from);
  const load = async (): Promise<Batch> => {
    const { samples, after } = choices.next().value;
    const wrong = samples.find((sample) => !(sample >= 0 && sample < data.labels.length));
    if (wrong !== undefined)
      throw new NearkinError(
        'INVALID_ARGUMENT',
        `The sampler ${sampler.name} asks for sample ${wrong}, there are ${data.labels.length}; was it made for other data?`,
        { details: { sample: wrong, samples: data.labels.length } },
      );
    const rng = createRng(stepSeed(seed, after.total, 'batch'));
    const inputs = await data.batch(samples, { augment, rng });
    return { inputs, labels: Int32Array.from(samples, (sample) => data.labels[sample]!), after };
  };
  let ahead: Promise<Batch> | undefined;
  return Object.freeze({
    async next() {
      const batch = ahead ?? load();
      ahead = undefined;
      return await batch;
    },
    loadAhead() {
      ahead ??= load();
      ahead.catch(() => {});
    },
    async close() {
      const batch = await ahead?.catch(() => undefined);
      batch?.inputs.dispose();
      ahead = undefined;
    },
  });
}

function* walk(
  sampler: Sampler,
  from: BatchPosition,
): Generator<{ samples: readonly number[]; after: BatchPosition }, never> {
  let { total } = from;
  for (let epoch = from.epoch; ; epoch++) {
    let batch = 0;
    for (const samples of sampler.epoch(epoch)) {
      batch++;
      if (epoch === from.epoch && batch <= from.batch) continue;
      total++;
      yield { samples, after: { epoch, batch, total } };
    }
    if (batch === 0)
      throw new NearkinError('INVALID_ARGUMENT', `The sampler ${sampler.name} gave an epoch without batches.`, {
        details: { epoch },
      });
  }
}
