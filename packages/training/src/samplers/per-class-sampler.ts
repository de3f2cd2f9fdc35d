import { createRng, NearkinError } from '@nearkin/core';
import { any, checkOptions, count, oneOf, seed as seedRule } from '../losses/check-options.js';
import { drawFromClass } from './draw-from-class.js';
import { mixSeed } from './mix-seed.js';
import type { Sampler } from './sampler.js';
import { samplesByClass } from './samples-by-class.js';

export interface PerClassSamplerOptions {
  /** Class of each sample. */
  readonly labels: Int32Array | readonly number[];
  readonly classesPerBatch: number;
  readonly samplesPerClass: number;
  /**
   * What becomes of the last classes of an epoch when they do not make a whole batch: filled up with other classes of the
   * epoch (default), dropped, or kept as a smaller batch.
   */
  readonly lastBatch?: 'fill' | 'drop' | 'keep' | undefined;
  /** Default 0. */
  readonly seed?: number | undefined;
}

/**
 * Batches of some samples of each of some classes: `classesPerBatch x samplesPerClass`, the samples of a class side by side.
 *
 * Every class comes once an epoch, in a new random order each epoch; only the classes that fill up the last batch come
 * twice. From epoch to epoch a class walks through its samples in random order, so that none comes again before nearly all
 * have come (those that do not make a whole group wait for the next round). A class with fewer samples than
 * `samplesPerClass` gives all of them, repeated as evenly as can be.
 *
 * @throws {NearkinError} `TOO_FEW_CLASSES` when there are fewer than a batch wants, `UNKNOWN_LABEL` for one that is no integer
 * from 0, `INVALID_ARGUMENT` for options
 * @example
 * const sampler = perClassSampler({ labels: [0, 0, 1, 1, 2, 2], classesPerBatch: 3, samplesPerClass: 2 });
 * [...sampler.epoch(0)]; // [[4, 5, 1, 0, 3, 2]] or another order
 */
export function perClassSampler(options: PerClassSamplerOptions): Sampler {
  const { classesPerBatch, samplesPerClass, lastBatch = 'fill', seed = 0 } = options;
  checkOptions('perClassSampler', options, {
    labels: any,
    classesPerBatch: count,
    samplesPerClass: count,
    lastBatch: oneOf('fill', 'drop', 'keep'),
    seed: seedRule,
  });
  for (const [name, value] of Object.entries({ labels: options.labels, classesPerBatch, samplesPerClass }))
    if (value === undefined) throw new NearkinError('INVALID_ARGUMENT', `Expected ${name}, got nothing.`);
  const classes = samplesByClass(options.labels);
  if (classes.length < classesPerBatch)
    throw new NearkinError(
      'TOO_FEW_CLASSES',
      `Expected at least ${classesPerBatch} classes, as many as a batch has, got ${classes.length}; lower classesPerBatch or add classes.`,
      { details: { classesPerBatch, classes: classes.length } },
    );
  const whole = Math.floor(classes.length / classesPerBatch);
  const rest = classes.length - whole * classesPerBatch;

  function* epoch(number: number): Generator<readonly number[]> {
    const rng = createRng(mixSeed(seed, number));
    const order = rng.shuffle(classes.map((_, c) => c));
    const draw = (c: number) => drawFromClass(classes[c]!, { number: c, epoch: number, samplesPerClass, seed });
    for (let batch = 0; batch < whole; batch++)
      yield order.slice(batch * classesPerBatch, (batch + 1) * classesPerBatch).flatMap(draw);
    if (rest === 0 || lastBatch === 'drop') return;
    const last = order.slice(whole * classesPerBatch).flatMap(draw);
    if (lastBatch === 'fill')
      for (const at of rng.sample(whole * classesPerBatch, classesPerBatch - rest)) {
        const samples = classes[order[at]!]!;
        const picked = rng.sample(samples.length, Math.min(samplesPerClass, samples.length));
        for (let i = 0; i < samplesPerClass; i++) last.push(samples[picked[i % picked.length]!]!);
      }
    yield last;
  }

  return Object.freeze<Sampler>({
    name: 'perClassSampler',
    batchSize: classesPerBatch * samplesPerClass,
    batchesPerEpoch: whole + (rest > 0 && lastBatch !== 'drop' ? 1 : 0),
    epoch,
  });
}
