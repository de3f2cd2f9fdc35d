import { NearkinError } from '@nearkin/core';
import type { Aggregation } from '../matching/aggregation.js';
import type { UnknownBelow } from './thresholds.js';

/** What a person should know about a model; kept in every file that is written. */
export interface ModelMetadata {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly author?: string | undefined;
  readonly version?: string | undefined;
  readonly license?: string | undefined;
}

/** How rows are kept: `none` is float32, `int8` one byte a number with a scale for each row. */
export type Quantization = 'none' | 'int8';

export interface ClassifierOptions {
  /** Default `max`. */
  readonly aggregation?: Aggregation | undefined;
  /** Rows that `topM` averages; default 3. */
  readonly m?: number | undefined;
  /** Temperature of `softmax`; default 0.07. */
  readonly temperature?: number | undefined;
  /** Default `none`. */
  readonly quantize?: Quantization | undefined;
  /** Scores below it are marked unknown; default: nothing is. */
  readonly unknownBelow?: UnknownBelow | undefined;
  readonly metadata?: ModelMetadata | undefined;
}

/** The options with defaults filled in, as they are now: thresholds follow edits. */
export interface ClassifierSettings {
  readonly aggregation: Aggregation;
  readonly m: number;
  readonly temperature: number;
  readonly quantize: Quantization;
  readonly unknownBelow: number | ReadonlyMap<string, number> | undefined;
  readonly metadata: ModelMetadata;
}

/** @throws {NearkinError} `INVALID_ARGUMENT` */
export function checkQuantization(quantize: Quantization = 'none'): Quantization {
  if (quantize === 'none' || quantize === 'int8') return quantize;
  throw new NearkinError('INVALID_ARGUMENT', `Expected quantize to be none or int8, got ${JSON.stringify(quantize)}.`);
}
