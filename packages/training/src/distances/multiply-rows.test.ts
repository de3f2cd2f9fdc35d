import { memory } from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { noise } from '../../test/compare-backends.js';
import { startBackend } from '../../test/start-backend.js';
import { multiplyRows, multiplyRowsBack, transposed, weighRows } from './multiply-rows.js';

const rows = (count: number, dim: number, seed: number) => ({ data: noise(count * dim, seed), count, dim });

it('gives the same products in double precision and by the backend', async () => {
  // 250 x 300 x 64 multiplications are more than 4 million.
  const [a, b] = [rows(250, 64, 1), rows(300, 64, 2)];
  const weights = Float64Array.from(noise(250 * 300, 3));
  await startBackend('cpu');
  const [products, sums] = [multiplyRows(a, b), weighRows(weights, b)];
  for (const [row, column] of [
    [0, 0],
    [249, 299],
    [17, 203],
  ] as const) {
    let sum = 0;
    for (let i = 0; i < 64; i++) sum += a.data[row * 64 + i]! * b.data[column * 64 + i]!;
    expect(products[row * 300 + column]).toBeCloseTo(sum, 12);
  }
  let sum = 0;
  for (let column = 0; column < 300; column++) sum += weights[5 * 300 + column]! * b.data[column * 64 + 7]!;
  expect(sums[5 * 64 + 7]).toBeCloseTo(sum, 12);
  const back = multiplyRowsBack(weights, a, b);
  expect(back[0]).toEqual(sums);
  sum = 0;
  for (let row = 0; row < 250; row++) sum += weights[row * 300 + 5]! * a.data[row * 64 + 7]!;
  expect(back[1][5 * 64 + 7]).toBeCloseTo(sum, 12);

  await startBackend('wasm');
  const before = memory().numTensors;
  const farthest = (x: Float64Array, y: Float64Array) => x.reduce((far, v, i) => Math.max(far, Math.abs(v - y[i]!)), 0);
  expect(farthest(multiplyRows(a, b), products)).toBeLessThan(1e-5);
  expect(farthest(weighRows(weights, b), sums)).toBeLessThan(1e-4);
  multiplyRowsBack(weights, a, b).forEach((slopes, i) => {
    expect(farthest(slopes, back[i]!)).toBeLessThan(1e-4);
  });
  expect(memory().numTensors).toBe(before);
});

it('turns a matrix', () => {
  expect(transposed(Float64Array.of(1, 2, 3, 4, 5, 6), 2, 3)).toEqual(Float64Array.of(1, 4, 2, 5, 3, 6));
});
