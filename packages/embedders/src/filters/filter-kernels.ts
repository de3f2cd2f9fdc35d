/** A convolution kernel: values in the order `[height, width, in, out]`. */
export interface Kernel {
  readonly shape: readonly [number, number, number, number];
  readonly values: Float32Array;
  readonly bias?: Float32Array;
}

/** Lightness, red against green, and both against blue. */
const opponents = [
  [1 / 3, 1 / 3, 1 / 3],
  [1 / 2, -1 / 2, 0],
  [1 / 4, 1 / 4, -1 / 2],
] as const;

/**
 * Edge filters: derivatives of an elongated Gaussian in each direction, for each opponent channel, in both polarities.
 * A step edge from 0 to 1 across the filter's direction answers 1. Outputs: polarity, channel, direction.
 */
export function edgeKernel(directions: number, size = 7, across = 1.2, along = 2): Kernel {
  const count = opponents.length * directions;
  const values = new Float32Array(size * size * 3 * 2 * count);
  const radius = (size - 1) / 2;
  for (let d = 0; d < directions; d++) {
    const angle = (Math.PI * d) / directions;
    const filter: number[] = [];
    for (let y = -radius; y <= radius; y++)
      for (let x = -radius; x <= radius; x++) {
        const u = x * Math.cos(angle) + y * Math.sin(angle);
        const v = y * Math.cos(angle) - x * Math.sin(angle);
        filter.push(u * Math.exp(-(u * u) / (2 * across * across) - (v * v) / (2 * along * along)));
      }
    const positive = filter.reduce((sum, value) => sum + Math.max(0, value), 0);
    opponents.forEach((weights, channel) => {
      const out = channel * directions + d;
      filter.forEach((value, pixel) => {
        weights.forEach((weight, color) => {
          const at = (pixel * 3 + color) * 2 * count + out;
          values[at] = (value * weight) / positive;
          values[at + count] = -values[at]!;
        });
      });
    });
  }
  return { shape: [size, size, 3, 2 * count], values };
}

/**
 * Adds up polarities and channels of each direction and takes the mean over the directions away, so that only
 * directions that stand out remain after a rectifier.
 */
export function directionKernel(directions: number, gain: number): Kernel {
  const inputs = 2 * opponents.length * directions;
  const values = new Float32Array(inputs * directions);
  for (let i = 0; i < inputs; i++)
    for (let d = 0; d < directions; d++)
      values[i * directions + d] = gain * ((i % directions === d ? 1 : 0) - 1 / directions);
  return { shape: [1, 1, inputs, directions], values };
}

/** Strength of each hue: the colour's component towards it in the plane of the two colour opponents, less a threshold. */
export function hueKernel(hues: number, threshold: number): Kernel {
  const first = [1 / 2, -1 / 2, 0];
  const second = [1, 1, -2].map((value) => value / (2 * Math.sqrt(3)));
  const values = new Float32Array(3 * hues);
  for (let color = 0; color < 3; color++)
    for (let h = 0; h < hues; h++) {
      const angle = (2 * Math.PI * h) / hues;
      values[color * hues + h] = first[color]! * Math.cos(angle) + second[color]! * Math.sin(angle);
    }
  return { shape: [1, 1, 3, hues], values, bias: new Float32Array(hues).fill(-threshold) };
}

/** Takes the mean over all channels away from each. */
export function contrastKernel(channels: number, gain: number): Kernel {
  const values = new Float32Array(channels * channels).fill(-gain / channels);
  for (let i = 0; i < channels; i++) values[i * channels + i]! += gain;
  return { shape: [1, 1, channels, channels], values };
}

/** Lightness less each knot from below 0 to above 1: with a rectifier the pieces that hats are made of. */
export function rampKernel(levels: number): Kernel {
  const knots = Array.from({ length: levels + 2 }, (_, i) => (i - 1) / (levels - 1));
  return {
    shape: [1, 1, 3, knots.length],
    values: new Float32Array(3 * knots.length).fill(1 / 3),
    bias: Float32Array.from(knots, (knot) => -knot),
  };
}

/** Second differences of ramps: hat functions around evenly spaced levels that add up to 1. */
export function hatKernel(levels: number): Kernel {
  const slope = levels - 1;
  const values = new Float32Array((levels + 2) * levels);
  for (let i = 0; i < levels; i++) {
    values[i * levels + i] = slope;
    values[(i + 1) * levels + i] = -2 * slope;
    values[(i + 2) * levels + i] = slope;
  }
  return { shape: [1, 1, levels + 2, levels], values };
}

/** Multiplies every channel. */
export function scaleKernel(channels: number, gain: number): Kernel {
  const values = new Float32Array(channels * channels);
  for (let i = 0; i < channels; i++) values[i * channels + i] = gain;
  return { shape: [1, 1, channels, channels], values };
}
