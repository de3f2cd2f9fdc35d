/** Samples of a batch of pictures: shape `[count, height, width, channels]`, row-major. */
export interface PictureBatch {
  readonly data: Float32Array | Uint8Array;
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/**
 * From places of the new picture to places of the old: `old = [a b; c d] (new - middle) + (x, y)`, in pixels, (0, 0)
 * being the middle of the first pixel.
 */
export interface AffineMap {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
  readonly x: number;
  readonly y: number;
}

/**
 * Draws one picture of a batch anew through a map, interpolated from the four pixels around (bilinear).
 *
 * @param options.from the picture's first sample in `batch.data`
 * @param options.background sample of each channel that stands outside the picture
 * @param options.out gets `height * width * channels` samples from `options.to` on
 */
export function warpPicture(
  batch: Omit<PictureBatch, 'count'>,
  map: AffineMap,
  options: {
    readonly from: number;
    readonly background: readonly number[];
    readonly out: Float32Array;
    readonly to: number;
  },
): void {
  const { data, width, height, channels } = batch;
  const { from, background, out } = options;
  const { a, b, c, d } = map;
  const middleX = (width - 1) / 2;
  const middleY = (height - 1) / 2;
  const row = width * channels;
  let to = options.to;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const u = a * (x - middleX) + b * (y - middleY) + map.x;
      const v = c * (x - middleX) + d * (y - middleY) + map.y;
      const x0 = Math.floor(u);
      const y0 = Math.floor(v);
      const fx = u - x0;
      const fy = v - y0;
      // Each neighbour that lies outside counts as background.
      const left = x0 >= 0 && x0 < width;
      const right = x0 + 1 >= 0 && x0 + 1 < width;
      const top = y0 >= 0 && y0 < height;
      const bottom = y0 + 1 >= 0 && y0 + 1 < height;
      let at = from + y0 * row + x0 * channels;
      for (let channel = 0; channel < channels; channel++, at++) {
        const outside = background[channel]!;
        const upper =
          (top && left ? data[at]! : outside) * (1 - fx) + (top && right ? data[at + channels]! : outside) * fx;
        const lower =
          (bottom && left ? data[at + row]! : outside) * (1 - fx) +
          (bottom && right ? data[at + row + channels]! : outside) * fx;
        out[to++] = upper * (1 - fy) + lower * fy;
      }
    }
}
