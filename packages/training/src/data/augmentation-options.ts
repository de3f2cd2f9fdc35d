import { NearkinError } from '@nearkin/core';

/** What may happen to a picture. Whatever is left out does not happen. Ranges are those of uniform draws. */
export interface AugmentationOptions {
  /** Cuts out a part of the picture and stretches it to the whole. */
  readonly crop?:
    | {
        /** Least and greatest share of the picture's area, above 0 to 1. */
        readonly area: readonly [number, number];
        /** Least and greatest width / height, relative to the picture's own; drawn on a logarithmic scale. Default 3/4 to 4/3. */
        readonly aspect?: readonly [number, number] | undefined;
      }
    | undefined;
  /** Mirrors half of the pictures left to right, top to bottom, or each by its own chance. */
  readonly flip?: 'horizontal' | 'vertical' | 'both' | undefined;
  /** Turns by up to so many degrees either way. */
  readonly rotate?: number | undefined;
  /** Enlarges or shrinks by up to this factor, 1 or more, drawn on a logarithmic scale; `{ x, y }` draws each axis by itself. */
  readonly scale?: number | { readonly x: number; readonly y: number } | undefined;
  /** Shears by up to so many pixels sideways a pixel down. */
  readonly shear?: number | undefined;
  /** Moves by up to so many pixels in each direction. */
  readonly shift?: number | undefined;
  /** Multiplies all samples by 1 - b to 1 + b. */
  readonly brightness?: number | undefined;
  /** Stretches samples away from the picture's mean by 1 - c to 1 + c. */
  readonly contrast?: number | undefined;
  /** Stretches colours away from grey by 1 - s to 1 + s; pictures of three channels only. */
  readonly saturation?: number | undefined;
  /** Turns the colour circle by up to so many degrees either way; pictures of three channels only. */
  readonly hue?: number | undefined;
  /** Makes so large a share of the pictures grey; pictures of three channels only. */
  readonly gray?: number | undefined;
  /** Paints over a square at a random place. */
  readonly cutout?:
    | {
        /** Least and greatest share of the picture's area that the square covers. */
        readonly area: readonly [number, number];
        /** Share of the pictures that get one; default 0.5. */
        readonly probability?: number | undefined;
      }
    | undefined;
}

/** @throws {NearkinError} `INVALID_ARGUMENT` for an option that is not known or out of range */
export function checkAugmentation(options: AugmentationOptions): AugmentationOptions {
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue;
    const check = Object.hasOwn(checks, name) ? checks[name as keyof AugmentationOptions] : undefined;
    if (!check)
      throw new NearkinError(
        'INVALID_ARGUMENT',
        `Augmentation has no option ${JSON.stringify(name)}; it has ${Object.keys(checks).join(', ')}.`,
        { details: { option: name } },
      );
    const [expected, holds] = check;
    if (!holds(value as never))
      throw new NearkinError(
        'INVALID_ARGUMENT',
        `Augmentation: expected ${name} to be ${expected}, got ${JSON.stringify(value)}.`,
        { details: { option: name, received: value } },
      );
  }
  return Object.freeze({ ...options });
}

type Check = readonly [expected: string, holds: (value: never) => boolean];

const within = (value: unknown, least: number, most = Number.MAX_VALUE): boolean =>
  typeof value === 'number' && value >= least && value <= most;
const isRange = (value: unknown, least: number, most?: number): boolean =>
  Array.isArray(value) && value.length === 2 && value.every((end) => within(end, least, most)) && value[0] <= value[1];
const atLeast0: Check = ['a number of 0 or more', (value: unknown) => within(value, 0)];
const share: Check = ['a number from 0 to 1', (value: unknown) => within(value, 0, 1)];
/** Beyond this a picture is a single pixel or less. */
const leastArea = 1e-6;

const checks: Readonly<Record<keyof AugmentationOptions, Check>> = {
  crop: [
    '{ area: [least, greatest] } above 0 to 1, and an aspect of two positive numbers',
    ({ area, aspect }: { area?: unknown; aspect?: unknown }) =>
      isRange(area, leastArea, 1) && (aspect === undefined || isRange(aspect, 0.01, 100)),
  ],
  flip: ["'horizontal', 'vertical' or 'both'", (value: string) => ['horizontal', 'vertical', 'both'].includes(value)],
  rotate: atLeast0,
  scale: [
    'a factor of 1 to 1000, or { x, y } of such',
    (value: number | { x?: unknown; y?: unknown }) =>
      typeof value === 'number' ? within(value, 1, 1000) : within(value.x, 1, 1000) && within(value.y, 1, 1000),
  ],
  shear: atLeast0,
  shift: atLeast0,
  brightness: share,
  contrast: share,
  saturation: share,
  hue: atLeast0,
  gray: share,
  cutout: [
    '{ area: [least, greatest] } from 0 to 1, and a probability from 0 to 1',
    ({ area, probability }: { area?: unknown; probability?: unknown }) =>
      isRange(area, 0, 1) && (probability === undefined || within(probability, 0, 1)),
  ],
};
