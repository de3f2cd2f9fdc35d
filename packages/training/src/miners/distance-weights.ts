/**
 * How likely a negative at some distance is to be drawn, as a logarithm, up to a constant:
 * `(2 - n) ln D - ((n - 3) / 2) ln(1 - D^2 / 4)` with `D = max(d, cutoff)`; -Infinity from `farthest` on.
 *
 * That is the inverse of the density of distances between random points of a sphere in n dimensions. At the antipode
 * (D = 2) the density is 0: D^2 / 4 is held at 1 - 1e-8.
 *
 * @source Wu et al.: Sampling matters in deep embedding learning, ICCV 2017, equations 3 and 4
 */
export function logDistanceWeight(
  distance: number,
  { dim, cutoff, farthest }: { readonly dim: number; readonly cutoff: number; readonly farthest: number },
): number {
  const d = Math.max(distance, cutoff);
  if (d >= farthest) return Number.NEGATIVE_INFINITY;
  return (2 - dim) * Math.log(d) - ((dim - 3) / 2) * Math.log(Math.max(1 - (d * d) / 4, 1e-8));
}
