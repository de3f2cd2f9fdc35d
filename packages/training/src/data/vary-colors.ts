import type { Rng } from '@nearkin/core';
import type { AugmentationOptions } from './augmentation-options.js';

/** The range that samples stay in. */
export interface SampleRange {
  readonly black: number;
  readonly white: number;
}

/** Weights of red, green and blue in lightness (Rec. 601). */
const luma = [0.299, 0.587, 0.114] as const;

/**
 * Varies brightness, then contrast, saturation, hue and greyness of one picture, in place; samples are kept in range.
 * Colours need three channels: red, green, blue. Hue turns around the grey axis, in the plane of equal lightness (YIQ).
 */
export function varyColors(
  samples: Float32Array,
  options: AugmentationOptions,
  { channels, black, white, rng }: SampleRange & { readonly channels: number; readonly rng: Rng },
): void {
  const { brightness = 0, contrast = 0, saturation = 0, hue = 0, gray = 0 } = options;
  const around1 = (most: number) => 1 + most * (2 * rng.uniform() - 1);
  const clamp = (value: number) => (value < black ? black : value > white ? white : value);
  if (brightness > 0) {
    const factor = around1(brightness);
    for (let i = 0; i < samples.length; i++) samples[i] = clamp((samples[i]! - black) * factor + black);
  }
  if (contrast > 0) {
    const factor = around1(contrast);
    const mean = meanLightness(samples, channels);
    for (let i = 0; i < samples.length; i++) samples[i] = clamp((samples[i]! - mean) * factor + mean);
  }
  if (channels !== 3) return;
  if (saturation > 0) mixWithGray(samples, around1(saturation), clamp);
  if (hue > 0) turnHue(samples, ((2 * rng.uniform() - 1) * hue * Math.PI) / 180, clamp);
  if (gray > 0 && rng.uniform() < gray) mixWithGray(samples, 0, clamp);
}

function lightness(samples: Float32Array, i: number): number {
  return luma[0] * samples[i]! + luma[1] * samples[i + 1]! + luma[2] * samples[i + 2]!;
}

function meanLightness(samples: Float32Array, channels: number): number {
  let sum = 0;
  if (channels === 3) for (let i = 0; i < samples.length; i += 3) sum += lightness(samples, i);
  else for (const sample of samples) sum += sample;
  return sum / (samples.length / (channels === 3 ? 3 : 1));
}

/** 1 leaves a colour as it is, 0 makes it grey, more than 1 makes it stronger. */
function mixWithGray(samples: Float32Array, share: number, clamp: (value: number) => number): void {
  for (let i = 0; i < samples.length; i += 3) {
    const light = lightness(samples, i);
    for (let c = i; c < i + 3; c++) samples[c] = clamp((samples[c]! - light) * share + light);
  }
}

/** I and Q of YIQ (the television standard NTSC), and back; rows of each matrix. */
const chroma = [
  [0.595716, -0.274453, -0.321263],
  [0.211456, -0.522591, 0.311135],
] as const;
const fromChroma = [
  [0.956296, 0.621024],
  [-0.272122, -0.647381],
  [-1.106989, 1.704615],
] as const;

function turnHue(samples: Float32Array, angle: number, clamp: (value: number) => number): void {
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  for (let p = 0; p < samples.length; p += 3) {
    const [r, g, b] = [samples[p]!, samples[p + 1]!, samples[p + 2]!];
    const light = lightness(samples, p);
    const i = chroma[0][0] * r + chroma[0][1] * g + chroma[0][2] * b;
    const q = chroma[1][0] * r + chroma[1][1] * g + chroma[1][2] * b;
    const turnedI = i * cos - q * sin;
    const turnedQ = i * sin + q * cos;
    fromChroma.forEach(([fromI, fromQ], c) => {
      samples[p + c] = clamp(light + fromI * turnedI + fromQ * turnedQ);
    });
  }
}
