import { createRng } from '@nearkin/core';
import { expect, it } from 'vitest';
import { symmetricEigenvalues } from './symmetric-eigenvalues.js';

it('gives the eigenvalues that were put in', () => {
  const rng = createRng(2);
  for (const n of [1, 2, 3, 8, 40]) {
    const wanted = Array.from({ length: n }, (_, i) => (i % 3 === 0 ? 0 : (i - n / 2) ** 3));
    const matrix = new Float64Array(n * n);
    for (let i = 0; i < n; i++) matrix[i * n + i] = wanted[i]!;
    // Householder reflections on both sides keep eigenvalues.
    for (let turn = 0; turn < 4; turn++) {
      const v = Float64Array.from({ length: n }, () => rng.normal());
      const length = v.reduce((sum, value) => sum + value * value, 0);
      const left = matrix.map((value, at) => {
        const [i, j] = [Math.floor(at / n), at % n];
        let sum = 0;
        for (let k = 0; k < n; k++) sum += v[k]! * matrix[k * n + j]!;
        return value - (2 * v[i]! * sum) / length;
      });
      left.forEach((value, at) => {
        const [i, j] = [Math.floor(at / n), at % n];
        let sum = 0;
        for (let k = 0; k < n; k++) sum += left[i * n + k]! * v[k]!;
        matrix[at] = value - (2 * sum * v[j]!) / length;
      });
    }
    const scale = Math.max(1, ...wanted.map(Math.abs));
    const found = symmetricEigenvalues(matrix, n);
    wanted.sort((a, b) => b - a);
    wanted.forEach((value, i) => {
      expect(Math.abs(found[i]! - value) / scale).toBeLessThan(1e-10);
    });
  }
});

it('takes matrices of zeros and of one value', () => {
  expect([...symmetricEigenvalues(new Float64Array(9), 3)]).toEqual([0, 0, 0]);
  const ones = symmetricEigenvalues(new Float64Array(16).fill(1), 4);
  expect(ones[0]).toBeCloseTo(4, 12);
  expect(Math.max(...ones.slice(1).map(Math.abs))).toBeLessThan(1e-12);
  expect(symmetricEigenvalues(new Float64Array(0), 0)).toHaveLength(0);
});
