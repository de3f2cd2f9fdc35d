/**
 * How much worse an error along the row is than one across it: ScaNN's eta = (d - 1) t^2 / (1 - t^2), t the threshold
 * divided by the row's length.
 *
 * @param options.threshold ratio t, from 0 (plain squared error) to below 1
 * @returns at least 1: a ratio that would make errors along the row cheaper counts as plain
 * @source Guo et al., "Accelerating Large-Scale Inference with Anisotropic Vector Quantization" (ICML 2020), section 3
 * @example
 * anisotropicWeight({ threshold: 0.2, dim: 100 }); // 4.125
 */
export function anisotropicWeight({ threshold, dim }: { threshold: number; dim: number }): number {
  const squared = threshold * threshold;
  if (!(squared > 0) || squared >= 1) return 1;
  return Math.max(1, ((dim - 1) * squared) / (1 - squared));
}

/** The default threshold: 0.2 up to 128 dimensions, then 0.2 (128 / d)^0.75. */
export function defaultThreshold(dim: number): number {
  return dim <= 128 ? 0.2 : 0.2 * (128 / dim) ** 0.75;
}
