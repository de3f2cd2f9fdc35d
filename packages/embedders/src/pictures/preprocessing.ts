import { NearkinError } from '@nearkin/core';
import type { ResampleFilter } from '../filters/filter-table.js';

/** How a picture is fitted to the model's input size. */
export type Fit = 'squash' | 'crop' | 'pad';

/**
 * What happens to a picture before a model sees it, as plain data: it is saved with the model and is part of the
 * embedder's identity. Order of steps: composite over `background`, fit, resample (antialiased), order or mix the
 * channels, scale to `(x - mean) / std`, centre.
 */
export interface Preprocessing {
  /** Input size of the model, in pixels. */
  readonly width: number;
  readonly height: number;
  /** `squash` stretches, `crop` cuts the centre to the model's shape, `pad` adds bars of `background`. */
  readonly fit: Fit;
  /** How samples are interpolated; antialiased when shrinking. */
  readonly filter: ResampleFilter;
  /** Channels of the model's input: three, or with `gray` their mixture (0.299 red + 0.587 green + 0.114 blue) alone. */
  readonly colorOrder: 'rgb' | 'bgr' | 'gray';
  /** Subtracted from each sample (0 to 255); red, green, blue whatever `colorOrder` says, mixed for `gray`. */
  readonly mean: readonly [number, number, number];
  /** What the difference is divided by; red, green, blue. */
  readonly std: readonly [number, number, number];
  /** Stands behind transparent pixels and in the bars of `pad`; red, green, blue, 0 to 255. */
  readonly background: readonly [number, number, number];
  /**
   * `mass` moves the centre of mass of what differs from `background` into the middle, by parts of a pixel (bilinear);
   * what moves in is background, what moves out is lost. For drawings and signs on an even ground. A picture that is
   * all background stays. Left out: nothing moves.
   */
  readonly center?: 'mass';
  /**
   * With the fit `crop`: the picture's shorter side is scaled to so many pixels before the middle is cut out, which then
   * is less than the whole of it. At least the longer side of the input. Left out: as much as fits.
   */
  readonly shortSide?: number;
}

/** The largest side of a model's input, so that a broken file cannot ask for gigabytes. */
export const maxInputSide = 4096;

/**
 * Fills in what is left out and checks the rest. Defaults: crop, lanczos3, RGB, samples to [-1, 1] (mean and std 127.5), white
 * background.
 *
 * @throws {NearkinError} `INVALID_ARGUMENT`
 * @example
 * createPreprocessing({ width: 224, height: 224 }).mean; // [127.5, 127.5, 127.5]
 */
export function createPreprocessing(
  parts: Partial<Preprocessing> & Pick<Preprocessing, 'width' | 'height'>,
): Preprocessing {
  const { width, height, fit = 'crop', filter = 'lanczos3', colorOrder = 'rgb', center, shortSide } = parts;
  for (const [name, side] of Object.entries({ width, height })) {
    if (!Number.isSafeInteger(side) || side < 1 || side > maxInputSide)
      throw invalid(`${name} of 1 to ${maxInputSide} pixels`, side);
  }
  if (!['squash', 'crop', 'pad'].includes(fit)) throw invalid("the fit 'squash', 'crop' or 'pad'", fit);
  if (!['lanczos3', 'triangle', 'cubic'].includes(filter))
    throw invalid("the filter 'lanczos3', 'triangle' or 'cubic'", filter);
  if (!['rgb', 'bgr', 'gray'].includes(colorOrder))
    throw invalid("the colour order 'rgb', 'bgr' or 'gray'", colorOrder);
  if (center !== undefined && center !== 'mass') throw invalid("the centre 'mass', or none", center);
  if (shortSide !== undefined) {
    if (fit !== 'crop') throw invalid("a shortSide with the fit 'crop' alone", fit);
    if (!Number.isSafeInteger(shortSide) || shortSide < Math.max(width, height) || shortSide > maxInputSide)
      throw invalid(`a shortSide of ${Math.max(width, height)} to ${maxInputSide} pixels`, shortSide);
  }
  const std = triple('std', parts.std ?? [127.5, 127.5, 127.5]);
  if (std.some((value) => value === 0)) throw invalid('a std other than 0', std);
  return Object.freeze({
    width,
    height,
    fit,
    filter,
    colorOrder,
    mean: triple('mean', parts.mean ?? [127.5, 127.5, 127.5]),
    std,
    background: triple('background', parts.background ?? [255, 255, 255]),
    // Absent where nothing moves: identities of embedders hash every key.
    ...(center === undefined ? {} : { center }),
    ...(shortSide === undefined ? {} : { shortSide }),
  });
}

function triple(name: string, value: unknown): readonly [number, number, number] {
  if (!Array.isArray(value) || value.length !== 3 || !value.every((n) => Number.isFinite(n)))
    throw invalid(`a ${name} of three finite numbers`, value);
  return Object.freeze([...value]) as unknown as readonly [number, number, number];
}

function invalid(expected: string, received: unknown): NearkinError {
  return new NearkinError(
    'INVALID_ARGUMENT',
    `Preprocessing: expected ${expected}, got ${JSON.stringify(received) ?? String(received)}.`,
    { details: { received } },
  );
}
