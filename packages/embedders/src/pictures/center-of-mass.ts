import type { InputChannel } from './input-channels.js';

/** How the samples of one picture lie: rows first, channels innermost. */
export interface SampleGrid {
  readonly width: number;
  readonly height: number;
}

/**
 * Where the mass of a picture is centred: the mean place of its pixels, each weighted by how far it is from the
 * background, summed over the channels.
 *
 * @param samples shape `[height, width, channels]`
 * @param channels what is background in each channel, and how much a difference in it counts (default 1)
 * @returns x and y in pixels, (0, 0) being the middle of the first pixel; the picture's own middle when it is all background
 * @example
 * const samples = new Float32Array([0, 0, 9, 0]); // 2 x 2, ink at the lower left
 * centerOfMass(samples, { width: 2, height: 2 }, [{ background: 0 }]); // { x: 0, y: 1 }
 */
export function centerOfMass(
  samples: ArrayLike<number>,
  { width, height }: SampleGrid,
  channels: readonly { readonly background: number; readonly weight?: number }[],
): { x: number; y: number } {
  let mass = 0;
  let sumX = 0;
  let sumY = 0;
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (const { background, weight = 1 } of channels) {
        const difference = Math.abs(samples[i++]! - background) * weight;
        mass += difference;
        sumX += difference * x;
        sumY += difference * y;
      }
  return mass > 0 ? { x: sumX / mass, y: sumY / mass } : { x: (width - 1) / 2, y: (height - 1) / 2 };
}

/** Moves a scaled picture, in place, so that its centre of mass comes to the middle. */
export function moveMassToMiddle(
  samples: Float32Array,
  { width, height, channels }: SampleGrid & { readonly channels: readonly InputChannel[] },
): void {
  const scaled = channels.map(({ background, mean, std }) => ({
    // Rounded as the samples are, so that background is exactly background.
    background: Math.fround((background - mean) / std),
    weight: Math.abs(std),
  }));
  const { x, y } = centerOfMass(samples, { width, height }, scaled);
  const from = samples.slice();
  const step = channels.length;
  const left = x - (width - 1) / 2;
  const top = y - (height - 1) / 2;
  const [dx, dy] = [Math.floor(left), Math.floor(top)];
  const [fx, fy] = [left - dx, top - dy];
  const at = (column: number, row: number, place: number) =>
    column >= 0 && row >= 0 && column < width && row < height
      ? from[(row * width + column) * step + place]!
      : scaled[place]!.background;
  for (let row = 0, i = 0; row < height; row++)
    for (let column = 0; column < width; column++)
      for (let place = 0; place < step; place++, i++) {
        const [x0, y0] = [column + dx, row + dy];
        const upper = at(x0, y0, place) * (1 - fx) + at(x0 + 1, y0, place) * fx;
        const lower = at(x0, y0 + 1, place) * (1 - fx) + at(x0 + 1, y0 + 1, place) * fx;
        samples[i] = upper * (1 - fy) + lower * fy;
      }
}
