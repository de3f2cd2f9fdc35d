import type { Samples } from './resample.js';

/** Averages blocks of `factor.x * factor.y` pixels; blocks at the far edges may be smaller. */
export function boxShrink(
  source: Samples,
  factor: { readonly x: number; readonly y: number },
): { data: Float32Array; width: number; height: number } {
  const { data } = source;
  const width = Math.ceil(source.width / factor.x);
  const height = Math.ceil(source.height / factor.y);
  const out = new Float32Array(width * height * 3);
  const samples = source.width * 3;
  // Whole numbers stay exact: 255 times the pixels of a block fits into 2^32 up to 16 million.
  const line = new Uint32Array(samples);
  for (let row = 0, p = 0, to = 0; row < height; row++) {
    const high = Math.min(factor.y, source.height - row * factor.y);
    line.fill(0);
    for (let y = 0; y < high; y++) for (let i = 0; i < samples; i++, p++) line[i] = line[i]! + data[p]!;
    for (let left = 0; left < source.width; left += factor.x, to += 3) {
      const right = Math.min(left + factor.x, source.width);
      let r = 0;
      let g = 0;
      let b = 0;
      for (let i = left * 3; i < right * 3; i += 3) {
        r += line[i]!;
        g += line[i + 1]!;
        b += line[i + 2]!;
      }
      const area = high * (right - left);
      out[to] = r / area;
      out[to + 1] = g / area;
      out[to + 2] = b / area;
    }
  }
  return { data: out, width, height };
}
