import { NearkinError } from '@nearkin/core';
import { scalar, tidy, variable } from '@tensorflow/tfjs';
import type { TrainableWeight } from '../models/trainable-model.js';

/** A single learned number that is kept between bounds. */
export interface BoundedScalar {
  readonly weight: TrainableWeight;
  /** A value as losses read it: one outside of the bounds counts as the bound. */
  read(value: number): number;
  clamp(): void;
}

/** @throws {NearkinError} `INVALID_ARGUMENT` when the first value is outside of the bounds */
export function boundedScalar(
  name: string,
  options: {
    readonly initial: number;
    readonly bounds: readonly [number, number];
    readonly learnable: boolean;
    readonly learningRateScale: number;
  },
): BoundedScalar {
  const { initial, learnable, learningRateScale } = options;
  const [low, high] = options.bounds;
  if (initial < low || initial > high)
    throw new NearkinError('INVALID_ARGUMENT', `Expected ${name} from ${low} to ${high}, got ${initial}.`, {
      details: { name, initial, low, high },
    });
  const weight = {
    name,
    variable: tidy(() => variable(scalar(initial), learnable)),
    learningRateScale,
    decay: false,
  };
  const read = (value: number) => Math.max(low, Math.min(high, value));
  return {
    weight,
    read,
    clamp() {
      const value = weight.variable.dataSync()[0]!;
      if (value !== read(value)) tidy(() => weight.variable.assign(scalar(read(value))));
    },
  };
}
