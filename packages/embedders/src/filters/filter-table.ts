/**
 * A resampling filter: `lanczos3` keeps edges sharp, `triangle` is bilinear interpolation, `cubic` the bicubic one that
 * CLIP and its kin were trained with.
 */
export type ResampleFilter = 'lanczos3' | 'triangle' | 'cubic';

/** For each output sample, where its window starts in the input, how long it is, and its weights one after another. */
export interface FilterTable {
  readonly starts: Int32Array;
  readonly lengths: Int32Array;
  readonly offsets: Int32Array;
  readonly weights: Float64Array;
}

const kernels: Readonly<Record<ResampleFilter, { radius: number; at: (x: number) => number }>> = {
  triangle: { radius: 1, at: (x) => Math.max(0, 1 - Math.abs(x)) },
  lanczos3: { radius: 3, at: (x) => (Math.abs(x) < 3 ? sinc(x) * sinc(x / 3) : 0) },
  cubic: { radius: 2, at: (x) => cubic(Math.abs(x)) },
};

/**
 * Cubic convolution with a = -1/2, as Pillow's BICUBIC is.
 *
 * @source Keys, Cubic Convolution Interpolation for Digital Image Processing (1981), equation 15
 */
function cubic(x: number): number {
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
  return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

/**
 * Weights that scale a line of samples to `target.size`, of which only a window is wanted. When shrinking, the filter is
 * widened by the factor, so that every input sample counts (antialiasing). Each window's weights add up to 1.
 *
 * @param input.size extent of the line in samples; may end inside the last one
 * @param input.count samples there are, `size` rounded up
 */
export function filterTable(
  filter: ResampleFilter,
  input: { readonly size: number; readonly count: number },
  target: { readonly size: number; readonly start: number; readonly count: number },
): FilterTable {
  const kernel = kernels[filter];
  const scale = input.size / target.size;
  const stretch = Math.max(scale, 1);
  const radius = kernel.radius * stretch;
  const starts = new Int32Array(target.count);
  const lengths = new Int32Array(target.count);
  const offsets = new Int32Array(target.count);
  const weights: number[] = [];
  for (let i = 0; i < target.count; i++) {
    const centre = (target.start + i + 0.5) * scale;
    const low = Math.max(0, Math.floor(centre - radius + 0.5));
    const high = Math.min(input.count, Math.floor(centre + radius + 0.5));
    offsets[i] = weights.length;
    starts[i] = low;
    let sum = 0;
    for (let x = low; x < high; x++) {
      const weight = kernel.at((x + 0.5 - centre) / stretch);
      weights.push(weight);
      sum += weight;
    }
    lengths[i] = weights.length - offsets[i]!;
    for (let k = offsets[i]!; k < weights.length; k++) weights[k]! /= sum;
  }
  return { starts, lengths, offsets, weights: Float64Array.from(weights) };
}
