/**
 * The largest eigenvalue of a symmetric tridiagonal matrix, by bisection on the sign of its pivots, and its unit
 * vector, by inverse iteration just above it, where elimination needs no pivoting.
 *
 * @source J. W. Demmel, "Applied Numerical Linear Algebra", sections 5.3.4 and 5.3.5
 */
export function largestOfTridiagonal(
  diagonal: readonly number[],
  beside: readonly number[],
): { value: number; vector: Float64Array } {
  const size = diagonal.length;
  let [low, high] = [-Infinity, -Infinity];
  for (let i = 0; i < size; i++) {
    low = Math.max(low, diagonal[i]!);
    const reach = Math.abs(i > 0 ? beside[i - 1]! : 0) + Math.abs(i < size - 1 ? beside[i]! : 0);
    high = Math.max(high, diagonal[i]! + reach);
  }
  // The largest diagonal entry is a lower bound; Gershgorin's circles give the upper one.
  const width = Math.max(high - low, Number.MIN_VALUE);
  high += width * 1e-3;
  const enough = Math.max(Math.abs(high), Math.abs(low)) * 2 ** -51;
  while (high - low > enough) {
    const middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) break;
    if (isAbove(middle, diagonal, beside)) high = middle;
    else low = middle;
  }
  return { value: low + (high - low) / 2, vector: vectorAbove(high + enough, diagonal, beside) };
}

/** Whether x lies above every eigenvalue: then all pivots of T - x are negative. */
function isAbove(x: number, diagonal: readonly number[], beside: readonly number[]): boolean {
  let pivot = 1;
  for (let i = 0; i < diagonal.length; i++) {
    pivot = diagonal[i]! - x - (i > 0 ? beside[i - 1]! ** 2 / pivot : 0);
    if (!(pivot < 0)) return false;
  }
  return true;
}

function vectorAbove(x: number, diagonal: readonly number[], beside: readonly number[]): Float64Array {
  const size = diagonal.length;
  const vector = new Float64Array(size).fill(1);
  const pivots = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    const pivot = diagonal[i]! - x - (i > 0 ? beside[i - 1]! ** 2 / pivots[i - 1]! : 0);
    pivots[i] = pivot < 0 ? pivot : -Number.EPSILON * Math.max(1, Math.abs(x));
  }
  for (let round = 0; round < 4; round++) {
    for (let i = 1; i < size; i++) vector[i]! -= (beside[i - 1]! / pivots[i - 1]!) * vector[i - 1]!;
    for (let i = size - 1; i >= 0; i--)
      vector[i] = (vector[i]! - (i < size - 1 ? beside[i]! * vector[i + 1]! : 0)) / pivots[i]!;
    const largest = vector.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    for (let i = 0; i < size; i++) vector[i]! /= largest;
    const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
    for (let i = 0; i < size; i++) vector[i]! /= length;
  }
  return vector;
}
