import { expect, it } from 'vitest';
import { intervalOf } from './interval.js';

it('is the mean and half width by Student, worked by hand', () => {
  // Deviations -1, 0, 1: s = 1, 4.303 / sqrt(3).
  expect(intervalOf([4, 5, 6])).toEqual({ mean: 5, halfWidth: expect.closeTo(2.4843, 4) });
  expect(intervalOf([3])).toEqual({ mean: 3, halfWidth: null });
  expect(intervalOf([2, 2])).toEqual({ mean: 2, halfWidth: 0 });
});
