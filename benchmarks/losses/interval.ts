/** Mean and 95 % half width by Student's t; the half width of fewer than two values is null. */
export interface Interval {
  readonly mean: number;
  readonly halfWidth: number | null;
}

/** t at 0.975 for 1 to 9 degrees of freedom. */
const quantiles = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262];

export function intervalOf(values: readonly number[]): Interval {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const quantile = quantiles[values.length - 2];
  if (quantile === undefined) return { mean, halfWidth: null };
  const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (values.length - 1);
  return { mean, halfWidth: quantile * Math.sqrt(variance / values.length) };
}
