import { expect, test } from 'vitest';
import { normalQuantile } from './normal-quantile.js';

test('agrees with the published table of the normal distribution', () => {
  // AS 241's own check values, then the common ones.
  expect(normalQuantile(0.25)).toBeCloseTo(-0.6744897501960817, 15);
  expect(normalQuantile(0.001)).toBeCloseTo(-3.090232306167814, 14);
  expect(normalQuantile(1e-20)).toBeCloseTo(-9.26234008979841, 13);
  expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 15);
  expect(normalQuantile(0.995)).toBeCloseTo(2.575829303548901, 14);
});

test('is odd around one half, and infinite at the ends', () => {
  expect(normalQuantile(0.5)).toBe(0);
  for (const p of [0.01, 0.2, 0.45]) expect(normalQuantile(p)).toBeCloseTo(-normalQuantile(1 - p), 13);
  expect(normalQuantile(0)).toBe(-Infinity);
  expect(normalQuantile(1)).toBe(Infinity);
});
