import { expect, it } from 'vitest';
import { shareDone } from './run-plan.js';

it('shareDone goes by steps or the clock, whichever is further', () => {
  const both = {
    steps: 100,
    reason: 'steps',
    maxSeconds: 50,
    stepsPerEpoch: 1,
    validateEvery: 1,
    checkpointEvery: 1,
  } as const;
  const at = [
    [0, 0],
    [49, 10],
    [10, 40],
    [99, 80],
  ] as const;
  expect(at.map(([step, seconds]) => shareDone(both, { step, seconds }))).toEqual([0.005, 0.495, 0.8, 1]);
  expect(shareDone({ ...both, steps: undefined }, { step: 9, seconds: 25 })).toBe(0.5);
});
