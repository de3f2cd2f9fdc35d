import { createRng, NearkinError } from '@nearkin/core';
import { checkOptions, count, seed as seedRule } from '../losses/check-options.js';
import { mixSeed } from './mix-seed.js';
import type { Sampler } from './sampler.js';

export interface WeightedSamplerOptions {
  /** How likely each sample is to be drawn: numbers from 0, of any sum above 0. */
  readonly weights: readonly number[] | Float32Array | Float64Array;
  readonly batchSize: number;
  /** Default: as many as make up the number of samples, rounded up. */
  readonly batchesPerEpoch?: number | undefined;
  /** Default 0. */
  readonly seed?: number | undefined;
}

/**
 * Batches of samples drawn with replacement, each with a chance of its weight over the sum of all: to see rare classes, or
 * samples that miners picked, more often.
 *
 * @throws {NearkinError} `INVALID_ARGUMENT` for options, for weights below 0 or that are no numbers, and where all are 0
 * @example
 * const sampler = weightedSampler({ weights: [0, 1, 3], batchSize: 4, batchesPerEpoch: 1 });
 * [...sampler.epoch(0)]; // [[2, 2, 1, 2]] or the like: never sample 0
 */
export function weightedSampler(options: WeightedSamplerOptions): Sampler {
  checkOptions('weightedSampler', options, {
    weights: {
      fits: (value) => Array.isArray(value) || value instanceof Float32Array || value instanceof Float64Array,
      wants: 'a list of numbers',
    },
    batchSize: count,
    batchesPerEpoch: count,
    seed: seedRule,
  });
  const { weights, batchSize, seed = 0 } = options;
  const sums = new Float64Array(weights?.length ?? 0);
  let sum = 0;
  for (let i = 0; i < sums.length; i++) {
    const weight = weights[i]!;
    if (!Number.isFinite(weight) || weight < 0)
      throw new NearkinError('INVALID_ARGUMENT', `Expected weights from 0, got ${weight} of sample ${i}.`, {
        details: { sample: i, weight },
      });
    sum += weight;
    sums[i] = sum;
  }
  if (sum === 0 || batchSize === undefined)
    throw new NearkinError(
      'INVALID_ARGUMENT',
      sum === 0 ? 'Expected a weight above 0, got none.' : 'Expected batchSize, got nothing.',
    );
  const batchesPerEpoch = options.batchesPerEpoch ?? Math.ceil(sums.length / batchSize);
  return Object.freeze<Sampler>({
    name: 'weightedSampler',
    batchSize,
    batchesPerEpoch,
    *epoch(number) {
      const rng = createRng(mixSeed(seed, number));
      for (let batch = 0; batch < batchesPerEpoch; batch++)
        yield Array.from({ length: batchSize }, () => firstAbove(sums, rng.uniform() * sum));
    },
  });
}

/** The first of the running sums that is above a point: a sample of weight 0 never is. */
function firstAbove(sums: Float64Array, point: number): number {
  let [low, high] = [0, sums.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sums[middle]! > point) high = middle;
    else low = middle + 1;
  }
  return low;
}
