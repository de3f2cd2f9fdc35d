/** Sweeps after which rounding is all that is left, whatever the matrix. */
const mostSweeps = 30;

/**
 * Eigenvalues of a symmetric matrix by cyclic Jacobi rotations.
 *
 * @param matrix shape `[n, n]`; left alone
 * @returns n values, largest first
 * @source Golub and Van Loan, Matrix Computations, 4th edition, section 8.5.3
 * @example
 * symmetricEigenvalues(Float64Array.of(2, 1, 1, 2), 2); // [3, 1]
 */
export function symmetricEigenvalues(matrix: Float64Array, n: number): Float64Array {
  const a = matrix.slice();
  const at = (i: number, j: number) => a[i * n + j]!;
  const total = a.reduce((sum, value) => sum + value * value, 0);
  for (let sweep = 0; sweep < mostSweeps; sweep++) {
    let off = 0;
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) off += 2 * at(p, q) ** 2;
    if (off <= 1e-20 * total) break;
    for (let p = 0; p < n - 1; p++)
      for (let q = p + 1; q < n; q++) {
        const apq = at(p, q);
        if (apq === 0) continue;
        const tau = (at(q, q) - at(p, p)) / (2 * apq);
        const t = (tau >= 0 ? 1 : -1) / (Math.abs(tau) + Math.sqrt(1 + tau * tau));
        const c = 1 / Math.sqrt(1 + t * t);
        rotate(a, n, { p, q, c, s: t * c });
      }
  }
  const values = Float64Array.from({ length: n }, (_, i) => at(i, i));
  return values.sort((x, y) => y - x);
}

function rotate(a: Float64Array, n: number, { p, q, c, s }: { p: number; q: number; c: number; s: number }): void {
  for (let k = 0; k < n; k++) {
    const x = a[p * n + k]!;
    const y = a[q * n + k]!;
    a[p * n + k] = c * x - s * y;
    a[q * n + k] = s * x + c * y;
  }
  for (let k = 0; k < n; k++) {
    const x = a[k * n + p]!;
    const y = a[k * n + q]!;
    a[k * n + p] = c * x - s * y;
    a[k * n + q] = s * x + c * y;
  }
}
