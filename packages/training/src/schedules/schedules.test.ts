import { expect, it } from 'vitest';
import { constantRate } from './constant-rate.js';
import { stepDecay } from './step-decay.js';
import { warmupCosine } from './warmup-cosine.js';

it('warmupCosine rises in a line and falls as a half cosine', () => {
  const schedule = warmupCosine({ warmup: 0.2, floor: 0.1 });
  const at = (share: number) => schedule({ step: 0, share });
  expect(at(0)).toBe(0);
  expect(at(0.05)).toBeCloseTo(0.25, 12);
  expect(at(0.2)).toBeCloseTo(1, 12);
  expect(at(0.6)).toBeCloseTo(0.55, 12);
  expect(at(0.2 + 0.8 / 3)).toBeCloseTo(0.1 + 0.9 * 0.75, 12);
  expect(at(1)).toBeCloseTo(0.1, 12);
});

it('warmupCosine can warm up in steps', () => {
  const schedule = warmupCosine({ warmupSteps: 4 });
  expect([0, 1, 3, 9].map((step) => schedule({ step, share: 0 }))).toEqual([0.25, 0.5, 1, 1]);
  expect(schedule({ step: 9, share: 0.5 })).toBeCloseTo(0.5, 12);
  expect(warmupCosine({ warmupSteps: 0 })({ step: 0, share: 0 })).toBe(1);
});

it('constantRate stays', () => {
  expect([0, 1, 2, 100].map((step) => constantRate({ warmupSteps: 2 })({ step, share: 0.9 }))).toEqual([0.5, 1, 1, 1]);
  expect(constantRate()({ step: 0, share: 0 })).toBe(1);
});

it('stepDecay falls at its steps', () => {
  const schedule = stepDecay({ at: [20, 10], factor: 0.5 });
  expect([0, 9, 10, 19, 20, 50].map((step) => schedule({ step, share: 0 }))).toEqual([1, 1, 0.5, 0.5, 0.25, 0.25]);
  expect(stepDecay({ at: [] })({ step: 5, share: 0 })).toBe(1);
});

it('refuses settings that make no sense', () => {
  const bad = [
    () => warmupCosine({ warmup: 1 }),
    () => warmupCosine({ floor: 2 }),
    () => warmupCosine({ warmupSteps: -1 }),
    () => constantRate({ warmupSteps: Number.NaN }),
    () => stepDecay({ at: [-1] }),
    () => stepDecay({ at: [1], factor: 1.5 }),
  ];
  for (const make of bad) expect(make).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
});
