import { expect, it } from 'vitest';
import { anisotropicWeight, defaultThreshold } from './anisotropic.js';

it('is 4.125 for a threshold of 0.2 in 100 dimensions, as in ScaNN', () => {
  expect(anisotropicWeight({ threshold: 0.2, dim: 100 })).toBeCloseTo(4.125, 12);
});

it('never makes errors along the row cheaper, and bears thresholds without a meaning', () => {
  for (const threshold of [0, -0.1, 1, 2, Number.NaN]) expect(anisotropicWeight({ threshold, dim: 64 })).toBe(1);
  expect(anisotropicWeight({ threshold: 0.2, dim: 4 })).toBe(1);
});

it('lowers the default threshold with the dimension beyond 128', () => {
  expect(defaultThreshold(64)).toBe(0.2);
  expect(defaultThreshold(128)).toBe(0.2);
  expect(defaultThreshold(2048)).toBeCloseTo(0.2 / 8, 12);
});
