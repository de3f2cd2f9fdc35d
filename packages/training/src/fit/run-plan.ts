import { NearkinError } from '@nearkin/core';
import type { TrainingData } from '../data/training-data.js';
import { assertNumber } from '../optimizers/assert-number.js';
import type { FitOptions } from './fit-options.js';

/** How long a run is. */
export interface RunPlan {
  /** Steps in all, or undefined where only the clock ends the run. */
  readonly steps: number | undefined;
  /** What ends it, if not the clock. */
  readonly reason: 'steps' | 'epochs';
  readonly maxSeconds: number | undefined;
  readonly stepsPerEpoch: number;
  readonly validateEvery: number;
  readonly checkpointEvery: number;
}

/** @throws {NearkinError} `INVALID_ARGUMENT`, `EMPTY_GALLERY` */
export function planRun(data: TrainingData, options: FitOptions): RunPlan {
  const { sampler, accumulate = 1, steps, epochs, maxSeconds, seed = 0, earlyStopping, validate } = options;
  if (data.labels.length === 0) throw new NearkinError('EMPTY_GALLERY', 'Expected samples to train on, got none.');
  const bad = data.labels.findIndex((label) => label < 0 || label >= data.labelNames.length);
  if (bad >= 0)
    throw new NearkinError(
      'INVALID_ARGUMENT',
      `Expected labels from 0 to ${data.labelNames.length - 1}, one for each of the ${data.labelNames.length} names, got ${data.labels[bad]} for sample ${bad}.`,
      { details: { sample: bad, label: data.labels[bad] } },
    );
  if (!Number.isSafeInteger(seed))
    throw new NearkinError('INVALID_ARGUMENT', `Expected an integer seed, got ${seed}.`, { details: { seed } });
  for (const [name, count] of Object.entries({
    steps,
    accumulate,
    validateEvery: options.validateEvery,
    'checkpoint.every': options.checkpoint?.every,
    'earlyStopping.patience': earlyStopping?.patience,
  }))
    if (count !== undefined && (!Number.isSafeInteger(count) || count < 1))
      throw new NearkinError('INVALID_ARGUMENT', `Expected ${name} to be a whole number of at least 1, got ${count}.`, {
        details: { [name]: count },
      });
  if (epochs !== undefined) assertNumber('epochs', epochs, { above: 0 });
  if (maxSeconds !== undefined) assertNumber('maxSeconds', maxSeconds, { above: 0 });
  if (options.gradientClip !== undefined) assertNumber('gradientClip', options.gradientClip, { above: 0 });
  if (steps === undefined && epochs === undefined && maxSeconds === undefined)
    throw new NearkinError('INVALID_ARGUMENT', 'Say when to stop: give steps, epochs or maxSeconds.');
  if (earlyStopping && !validate)
    throw new NearkinError('INVALID_ARGUMENT', 'Early stopping needs validate, which gives the metric to watch.');
  const { batchesPerEpoch } = sampler;
  if (!(batchesPerEpoch >= 1))
    throw new NearkinError(
      'INVALID_ARGUMENT',
      `The sampler ${sampler.name} gives no batches; are there enough samples?`,
    );
  const stepsPerEpoch = Math.max(1, Math.ceil(batchesPerEpoch / accumulate));
  const byEpochs = epochs === undefined ? undefined : Math.max(1, Math.ceil((epochs * batchesPerEpoch) / accumulate));
  const bySteps = steps ?? Number.POSITIVE_INFINITY;
  return {
    steps: byEpochs === undefined ? steps : Math.min(bySteps, byEpochs),
    reason: byEpochs !== undefined && byEpochs < bySteps ? 'epochs' : 'steps',
    maxSeconds,
    stepsPerEpoch,
    validateEvery: options.validateEvery ?? stepsPerEpoch,
    checkpointEvery: options.checkpoint?.every ?? stepsPerEpoch,
  };
}

/** The share of the run that is over in the middle of a step. */
export function shareDone({ steps, maxSeconds }: RunPlan, at: { step: number; seconds: number }): number {
  const bySteps = steps === undefined ? 0 : (at.step + 0.5) / steps;
  const byTime = maxSeconds === undefined ? 0 : at.seconds / maxSeconds;
  return Math.min(1, Math.max(bySteps, byTime));
}
