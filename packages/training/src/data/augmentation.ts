import type { Rng } from '@nearkin/core';
import { type PictureBatch, warpPicture } from './affine-warp.js';
import { type AugmentationOptions, checkAugmentation } from './augmentation-options.js';
import { drawMap } from './draw-map.js';
import { varyColors } from './vary-colors.js';

export interface AugmentOptions {
  /** The only source of chance. */
  readonly rng: Rng;
  /** x and y of the place of each picture that comes to the middle, in pixels; default: the picture's middle. */
  readonly focus?: ArrayLike<number> | undefined;
  /** Sample of each channel that stands for what moves in from outside, and for what `cutout` paints; default: black. */
  readonly background?: readonly number[] | undefined;
  /** Range of the samples; default 0 and 255. */
  readonly black?: number | undefined;
  readonly white?: number | undefined;
}

/** Varies pictures, so that a net learns what does not matter. */
export interface Augmentation {
  readonly options: AugmentationOptions;
  /**
   * @returns new samples of the same shape; the given ones are left alone
   */
  apply(batch: PictureBatch, options: AugmentOptions): Float32Array;
}

/**
 * Makes an augmentation out of the changes that are named. All that moves pixels (crop, flip, rotate, scale, shear,
 * shift) is one map, so that a picture is interpolated once however much happens to it; then come colours, then cutout.
 * Each picture has its own draws, in order: the same seed gives the same pictures on every host.
 *
 * Works on samples of any number of channels; colours are changed in pictures of three (red, green, blue).
 *
 * @throws {NearkinError} `INVALID_ARGUMENT` for an option that is not known or out of range
 * @source Cutout: DeVries and Taylor, Improved Regularization of Convolutional Neural Networks with Cutout, 2017;
 *   crop: Szegedy et al., Going Deeper with Convolutions, 2015, section 6
 * @example
 * const augmentation = createAugmentation({ rotate: 15, scale: { x: 1.2, y: 1.2 }, shift: 2 });
 * const batch = { data: new Uint8Array(28 * 28), count: 1, height: 28, width: 28, channels: 1 };
 * augmentation.apply(batch, { rng: createRng(1) }).length; // 784
 */
export function createAugmentation(options: AugmentationOptions): Augmentation {
  const checked = checkAugmentation(options);
  return Object.freeze({
    options: checked,
    apply(batch: PictureBatch, given: AugmentOptions): Float32Array {
      const { rng, focus, black = 0, white = 255 } = given;
      const { width, height, channels } = batch;
      const background = given.background ?? Array.from({ length: channels }, () => black);
      const size = width * height * channels;
      const out = new Float32Array(batch.count * size);
      for (let i = 0; i < batch.count; i++) {
        const middle = { x: focus?.[2 * i] ?? (width - 1) / 2, y: focus?.[2 * i + 1] ?? (height - 1) / 2 };
        const map = drawMap(checked, { width, height, focus: middle }, rng);
        warpPicture(batch, map, { from: i * size, background, out, to: i * size });
        const picture = out.subarray(i * size, (i + 1) * size);
        varyColors(picture, checked, { channels, black, white, rng });
        if (checked.cutout) cutOut(picture, checked.cutout, { width, height, background, rng });
      }
      return out;
    },
  });
}

/** The square may hang over the edge: its middle is drawn from the whole picture. */
function cutOut(
  samples: Float32Array,
  { area, probability = 0.5 }: NonNullable<AugmentationOptions['cutout']>,
  picture: {
    readonly width: number;
    readonly height: number;
    readonly background: readonly number[];
    readonly rng: Rng;
  },
): void {
  const { width, height, background, rng } = picture;
  const happens = rng.uniform() < probability;
  const side = Math.sqrt((area[0] + (area[1] - area[0]) * rng.uniform()) * width * height);
  const left = Math.round(rng.uniform() * width - side / 2);
  const top = Math.round(rng.uniform() * height - side / 2);
  if (!happens) return;
  const end = Math.round(side);
  for (let y = Math.max(0, top); y < Math.min(height, top + end); y++)
    for (let x = Math.max(0, left); x < Math.min(width, left + end); x++)
      for (let c = 0; c < background.length; c++) samples[(y * width + x) * background.length + c] = background[c]!;
}
