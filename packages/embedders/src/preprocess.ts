import type { Picture } from '@nearkin/core';
import type { Preprocessing } from './preprocessing.js';
import { type Box, resample } from './resample.js';

/**
 * Brings decoded pictures into the form a model takes: composited, fitted, resampled, scaled.
 *
 * Plain arithmetic without a backend: the same pixels give the same numbers on every host.
 *
 * @returns shape `[pictures.length, height, width, 3]`, row-major
 * @example
 * const grey = createPicture({ data: new Uint8Array(12).fill(255), width: 2, height: 2, channels: 3 });
 * preprocess([grey], createPreprocessing({ width: 1, height: 1 })); // Float32Array [1, 1, 1]
 */
export function preprocess(pictures: readonly Picture[], preprocessing: Preprocessing): Float32Array {
  const { width, height } = preprocessing;
  const size = width * height * 3;
  const out = new Float32Array(pictures.length * size);
  pictures.forEach((picture, i) => {
    writePicture(picture, preprocessing, out.subarray(i * size, (i + 1) * size));
  });
  return out;
}

function writePicture(picture: Picture, preprocessing: Preprocessing, out: Float32Array): void {
  const { width, height, mean, std, background, colorOrder } = preprocessing;
  const { source, target } = fitBoxes(picture, preprocessing);
  const data = picture.channels === 3 ? picture.data : composite(picture, background);
  const samples = resample({ data, stride: picture.width }, source, target);
  const swap = colorOrder === 'bgr';
  if (target.width !== width || target.height !== height)
    for (let i = 0; i < out.length; i++) {
      const channel = swap ? 2 - (i % 3) : i % 3;
      out[i] = (background[channel]! - mean[channel]!) / std[channel]!;
    }
  for (let channel = 0; channel < 3; channel++) {
    const shift = mean[channel]!;
    const divisor = std[channel]!;
    const to = swap ? 2 - channel : channel;
    for (let y = 0; y < target.height; y++) {
      let from = y * target.width * 3 + channel;
      let at = ((target.y + y) * width + target.x) * 3 + to;
      for (let x = 0; x < target.width; x++, from += 3, at += 3) out[at] = (samples[from]! - shift) / divisor;
    }
  }
}

/** Which part of the picture is read, and which part of the input it fills. */
function fitBoxes(picture: Picture, { width, height, fit }: Preprocessing): { source: Box; target: Box } {
  const whole = { x: 0, y: 0, width: picture.width, height: picture.height };
  const full = { x: 0, y: 0, width, height };
  if (fit === 'squash') return { source: whole, target: full };
  const outer = fit === 'crop' ? picture : { width, height };
  const inner = fit === 'crop' ? { width, height } : picture;
  // The largest box of the inner shape that fits into the outer one.
  const scale = Math.min(outer.width / inner.width, outer.height / inner.height);
  const boxWidth = Math.min(outer.width, Math.max(1, Math.round(inner.width * scale)));
  const boxHeight = Math.min(outer.height, Math.max(1, Math.round(inner.height * scale)));
  const box = {
    x: Math.floor((outer.width - boxWidth) / 2),
    y: Math.floor((outer.height - boxHeight) / 2),
    width: boxWidth,
    height: boxHeight,
  };
  return fit === 'crop' ? { source: box, target: full } : { source: whole, target: box };
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
