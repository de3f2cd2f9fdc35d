import type { Picture } from '@nearkin/core';
import { moveMassToMiddle } from './center-of-mass.js';
import { type InputChannel, inputChannels } from './input-channels.js';
import type { Preprocessing } from './preprocessing.js';
import { type ResampleTarget, resample } from './resample.js';

/**
 * Brings decoded pictures into the form a model takes: composited, fitted, resampled, scaled, centred.
 *
 * Plain arithmetic without a backend: the same pixels give the same numbers on every host.
 *
 * @returns shape `[pictures.length, height, width, channels]`, row-major; one channel for `gray`, else three
 * @example
 * const white = createPicture({ data: new Uint8Array(12).fill(255), width: 2, height: 2, channels: 3 });
 * preprocess([white], createPreprocessing({ width: 1, height: 1 })); // Float32Array [1, 1, 1]
 */
export function preprocess(pictures: readonly Picture[], preprocessing: Preprocessing): Float32Array {
  const { width, height, center } = preprocessing;
  const channels = inputChannels(preprocessing);
  const size = width * height * channels.length;
  const out = new Float32Array(pictures.length * size);
  pictures.forEach((picture, i) => {
    const part = out.subarray(i * size, (i + 1) * size);
    writePicture(picture, preprocessing, { channels, out: part });
    if (center === 'mass') moveMassToMiddle(part, { width, height, channels });
  });
  return out;
}

function writePicture(
  picture: Picture,
  preprocessing: Preprocessing,
  { channels, out }: { readonly channels: readonly InputChannel[]; readonly out: Float32Array },
): void {
  const { width, height, background } = preprocessing;
  const target = fitPicture(picture, preprocessing);
  const data = picture.channels === 3 ? picture.data : composite(picture, background);
  const samples = resample({ data, width: picture.width, height: picture.height }, target);
  const step = channels.length;
  const hasBars = target.width < width || target.height < height;
  channels.forEach(({ mix, mean, std, background: bar }, place) => {
    const [red, green, blue] = mix;
    if (hasBars) for (let i = place; i < out.length; i += step) out[i] = (bar - mean) / std;
    for (let y = 0; y < target.height; y++) {
      let from = y * target.width * 3;
      let to = ((target.y + y) * width + target.x) * step + place;
      for (let x = 0; x < target.width; x++, from += 3, to += step) {
        const sample = red * samples[from]! + green * samples[from + 1]! + blue * samples[from + 2]!;
        out[to] = (sample - mean) / std;
      }
    }
  });
}

/** How the picture is scaled, which part of it is wanted, and where that lies in the model's input. */
function fitPicture(
  picture: Picture,
  { width, height, fit, filter, shortSide }: Preprocessing,
): ResampleTarget & { x: number; y: number } {
  const whole = { scaledWidth: width, scaledHeight: height, left: 0, top: 0, width, height, filter, x: 0, y: 0 };
  if (fit === 'squash') return whole;
  const scales = [width / picture.width, height / picture.height];
  const covering = shortSide === undefined ? Math.max(...scales) : shortSide / Math.min(picture.width, picture.height);
  const scale = fit === 'crop' ? covering : Math.min(...scales);
  const scaledWidth = Math.max(1, Math.round(picture.width * scale));
  const scaledHeight = Math.max(1, Math.round(picture.height * scale));
  if (fit === 'crop') {
    const left = Math.floor((scaledWidth - width + 1) / 2);
    const top = Math.floor((scaledHeight - height + 1) / 2);
    return { ...whole, scaledWidth, scaledHeight, left, top };
  }
  const x = Math.floor((width - scaledWidth) / 2);
  const y = Math.floor((height - scaledHeight) / 2);
  return { ...whole, scaledWidth, scaledHeight, width: scaledWidth, height: scaledHeight, x, y };
}

/** Lays an RGBA picture over a colour; rounded to 8 bits, as the samples that come in are. */
function composite({ data, width, height }: Picture, background: readonly [number, number, number]): Uint8ClampedArray {
  const out = new Uint8ClampedArray(width * height * 3);
  const [red, green, blue] = background;
  for (let from = 0, to = 0; from < data.length; from += 4, to += 3) {
    const alpha = data[from + 3]!;
    if (alpha === 255) {
      out[to] = data[from]!;
      out[to + 1] = data[from + 1]!;
      out[to + 2] = data[from + 2]!;
      continue;
    }
    const rest = 255 - alpha;
    out[to] = Math.floor((data[from]! * alpha + red * rest) / 255 + 0.5);
    out[to + 1] = Math.floor((data[from + 1]! * alpha + green * rest) / 255 + 0.5);
    out[to + 2] = Math.floor((data[from + 2]! * alpha + blue * rest) / 255 + 0.5);
  }
  return out;
}
