import type { Preprocessing } from './preprocessing.js';

/** One channel of a model's input. */
export interface InputChannel {
  /** Shares of red, green and blue in it. */
  readonly mix: readonly [number, number, number];
  /** A sample of 0 to 255 becomes `(sample - mean) / std`. */
  readonly mean: number;
  readonly std: number;
  /** The sample, 0 to 255, that stands for background. */
  readonly background: number;
}

/** Lightness as television mixes it (Rec. 601, section 2.5.1). */
const luma = [0.299, 0.587, 0.114] as const;

const mixes: Readonly<Record<Preprocessing['colorOrder'], readonly InputChannel['mix'][]>> = {
  rgb: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  bgr: [
    [0, 0, 1],
    [0, 1, 0],
    [1, 0, 0],
  ],
  gray: [luma],
};

/**
 * The channels that the model reads, in its order.
 *
 * @example
 * inputChannels(createPreprocessing({ width: 28, height: 28, colorOrder: 'gray' })).length; // 1
 */
export function inputChannels(preprocessing: Preprocessing): InputChannel[] {
  const { mean, std, background, colorOrder } = preprocessing;
  return mixes[colorOrder].map((mix) => ({
    mix,
    mean: mixed(mean, mix),
    std: mixed(std, mix),
    background: mixed(background, mix),
  }));
}

/** Equal values stay what they are: shares of 1 may add up to a little less in floating point. */
function mixed([red, green, blue]: readonly [number, number, number], mix: InputChannel['mix']): number {
  if (red === green && green === blue) return red;
  return red * mix[0] + green * mix[1] + blue * mix[2];
}
