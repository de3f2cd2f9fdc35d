import { NearkinError } from '@nearkin/core';
import { type Normalization, readMetadata } from '../metadata/read-metadata.js';
import type { TfliteModel } from '../model/read-model.js';

const fallback: Normalization = { mean: [127.5], std: [127.5] };

/** The part of an embedder's preprocessing that a model file can hold. */
export interface SamplePreprocessing {
  /** Red, green, blue. */
  readonly mean: readonly number[];
  readonly std: readonly number[];
  readonly colorOrder?: 'rgb' | 'bgr' | 'gray' | undefined;
}

/**
 * How the pictures of a `.tflite` model are normalised: what was asked for, what its metadata says, what the embedder
 * does.
 *
 * @returns undefined for a quantised input, which takes pixels as they are
 * @throws {NearkinError} `INVALID_ARGUMENT`; `UNSUPPORTED` for an embedder that wants blue first
 */
export function normalizationFor(
  model: TfliteModel,
  { given, embedder }: { readonly given: Normalization | undefined; readonly embedder: unknown },
): Normalization | undefined {
  if (given) return check(given);
  const input = model.inputs[0];
  if (input === undefined || model.tensor(input).type !== 'float32') return undefined;
  const stated = readMetadata(model)?.normalization;
  if (stated) return stated;
  const preprocessing = preprocessingOf(embedder);
  if (!preprocessing) return fallback;
  const { mean, std, colorOrder } = preprocessing;
  if (colorOrder === 'bgr')
    throw new NearkinError(
      'UNSUPPORTED',
      'TFLite metadata cannot say that a model wants blue before green and red; export on a base model that takes RGB.',
    );
  const uniform = [mean, std].every((list) => list.every((value) => value === list[0]));
  return uniform ? { mean: mean.slice(0, 1), std: std.slice(0, 1) } : { mean, std };
}

/** The preprocessing of an embedder that states one, as those of `@nearkin/embedders` do. */
export function preprocessingOf(embedder: unknown): SamplePreprocessing | undefined {
  const stated = (
    embedder as { preprocessing?: Partial<Record<keyof SamplePreprocessing, unknown>> } | null | undefined
  )?.preprocessing;
  if (!stated || !isTriple(stated.mean) || !isTriple(stated.std)) return undefined;
  const { mean, std, colorOrder } = stated;
  return { mean, std, colorOrder: colorOrder === 'bgr' || colorOrder === 'gray' ? colorOrder : 'rgb' };
}

function isTriple(value: unknown): value is number[] {
  return Array.isArray(value) && value.length === 3 && value.every((one) => Number.isFinite(one));
}

function check(normalization: Normalization): Normalization {
  const { mean, std } = normalization;
  const lengths = [1, 3].includes(mean.length) && mean.length === std.length;
  if (lengths && [...mean, ...std].every(Number.isFinite) && std.every((value) => value !== 0)) return normalization;
  throw new NearkinError(
    'INVALID_ARGUMENT',
    `Expected a normalization of one or three finite numbers for mean and as many for std, none of them 0, got ${JSON.stringify(normalization)}.`,
    { details: { mean, std } },
  );
}
