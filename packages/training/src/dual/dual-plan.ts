import { NearkinError } from '@nearkin/core';
import { assertNumber } from '../optimizers/assert-number.js';
import type { DualEncoderOptions } from './dual-options.js';

/** How long a run is. Infinite where nothing bounds it. */
export interface DualPlan {
  readonly steps: number;
  readonly maxSeconds: number;
  /** What ends it, if not the clock. */
  readonly reason: 'steps' | 'epochs';
  readonly isByTime: boolean;
  readonly validateEvery: number;
  readonly checkpointEvery: number;
  secondsLeft(step: number, seconds: number, perStep: number): number | null;
}

/** @throws {NearkinError} `INVALID_ARGUMENT` */
export function planDual<Image>(
  options: Omit<DualEncoderOptions<Image>, 'image' | 'text'>,
  stepsPerEpoch: number,
): DualPlan {
  const { steps = Number.POSITIVE_INFINITY, epochs, maxSeconds = Number.POSITIVE_INFINITY } = options;
  const { captionsPerImage, earlyStopping, seed = 0 } = options;
  for (const [name, value] of Object.entries({
    steps: options.steps,
    batchSize: options.batchSize,
    chunkSize: options.chunkSize,
    captionsPerImage: captionsPerImage === 'all' ? undefined : captionsPerImage,
    validateEvery: options.validateEvery,
    'checkpoint.every': options.checkpoint?.every,
    'earlyStopping.patience': earlyStopping?.patience,
  }))
    if (value !== undefined && (!Number.isSafeInteger(value) || value < 1))
      throw new NearkinError('INVALID_ARGUMENT', `Expected ${name} to be a whole number of at least 1, got ${value}.`, {
        details: { [name]: value },
      });
  if (!Number.isSafeInteger(seed))
    throw new NearkinError('INVALID_ARGUMENT', `Expected an integer seed, got ${seed}.`, { details: { seed } });
  if (options.batchSize === 1)
    throw new NearkinError('INVALID_ARGUMENT', 'A batch of one pair has nothing to tell it from; expected at least 2.');
  if (epochs !== undefined) assertNumber('epochs', epochs, { above: 0 });
  if (options.maxSeconds !== undefined) assertNumber('maxSeconds', options.maxSeconds, { above: 0 });
  if (options.gradientClip !== undefined) assertNumber('gradientClip', options.gradientClip, { above: 0 });
  if (options.steps === undefined && epochs === undefined && options.maxSeconds === undefined)
    throw new NearkinError('INVALID_ARGUMENT', 'Say when to stop: give steps, epochs or maxSeconds.');
  if (earlyStopping && !options.validation)
    throw new NearkinError(
      'INVALID_ARGUMENT',
      'Early stopping needs validation pairs, which give the metric to watch.',
    );
  const byEpochs = epochs === undefined ? Number.POSITIVE_INFINITY : Math.max(1, Math.round(epochs * stepsPerEpoch));
  const all = Math.min(steps, byEpochs);
  return {
    steps: all,
    maxSeconds,
    reason: byEpochs < steps ? 'epochs' : 'steps',
    isByTime: !Number.isFinite(all),
    validateEvery: options.validateEvery ?? stepsPerEpoch,
    checkpointEvery: options.checkpoint?.every ?? stepsPerEpoch,
    secondsLeft(step, seconds, perStep) {
      const left = Math.min((all - step) * perStep, maxSeconds - seconds);
      return Number.isFinite(left) ? Math.max(0, left) : null;
    },
  };
}
