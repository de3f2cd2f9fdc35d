import { expect, test } from 'vitest';
import { wilsonInterval } from './wilson-interval.js';

test.each([
  // R. G. Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17 (1998), table I
  [81, 263, 0.2553, 0.3662],
  [15, 148, 0.0624, 0.1605],
  [0, 20, 0, 0.1611],
  [1, 29, 0.0061, 0.1718],
])('%i of %i lies between %f and %f as published', (correct, total, low, high) => {
  const interval = wilsonInterval(correct, total);
  expect(interval.low).toBeCloseTo(low, 4);
  expect(interval.high).toBeCloseTo(high, 4);
});

test('solves |p - share| = z sqrt(p (1 - p) / n), which defines it', () => {
  const [correct, total, z] = [7, 31, 2.5758293035489];
  const interval = wilsonInterval(correct, total, { confidence: 0.99 });
  for (const p of [interval.low, interval.high])
    expect(Math.abs(p - correct / total)).toBeCloseTo(z * Math.sqrt((p * (1 - p)) / total), 10);
});

test('mirrors, narrows with more cases, and widens with more confidence', () => {
  const width = ({ low, high }: { low: number; high: number }) => high - low;
  expect(wilsonInterval(3, 10).low).toBeCloseTo(1 - wilsonInterval(7, 10).high, 12);
  expect(wilsonInterval(10, 10)).toEqual({ low: expect.closeTo(1 - wilsonInterval(0, 10).high, 12), high: 1 });
  expect(width(wilsonInterval(50, 100))).toBeLessThan(width(wilsonInterval(5, 10)));
  expect(width(wilsonInterval(5, 10, { confidence: 0.99 }))).toBeGreaterThan(width(wilsonInterval(5, 10)));
});

test('knows nothing of no cases', () => {
  expect(wilsonInterval(0, 0)).toEqual({ low: 0, high: 1 });
});

test.each([
  [3, 2],
  [-1, 2],
  [0.5, 2],
  [Number.NaN, 2],
])('refuses %f of %f', (correct, total) => {
  expect(() => wilsonInterval(correct, total)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
});

test('refuses a confidence outside 0 to 1', () => {
  for (const confidence of [0, 1, 95, Number.NaN])
    expect(() => wilsonInterval(1, 2, { confidence })).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
});
