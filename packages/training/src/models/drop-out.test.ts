import { ones, type Tensor2D, tidy } from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { startBackend } from '../../test/start-backend.js';
import { dropOut } from './drop-out.js';

beforeAll(() => startBackend('cpu'));

const dropped = (rows: number, options: { seed: number; firstRow: number; share?: number }) =>
  tidy(() => dropOut(ones([rows, 50]) as Tensor2D, { share: 0.3, ...options }).arraySync());

it('drops in a part of a batch what it drops in the whole', () => {
  const whole = dropped(7, { seed: 5, firstRow: 0 });
  expect([...dropped(4, { seed: 5, firstRow: 0 }), ...dropped(3, { seed: 5, firstRow: 4 })]).toEqual(whole);
  expect(whole[0]).not.toEqual(whole[1]);
  expect(dropped(7, { seed: 6, firstRow: 0 })).not.toEqual(whole);
});

it('drops the share that was asked for and scales the others up', () => {
  const numbers = dropped(200, { seed: 1, firstRow: 0 }).flat();
  expect(new Set(numbers)).toEqual(new Set([0, Math.fround(1 / 0.7)]));
  // 10,000 draws: the standard deviation of the share is 0.0046.
  expect(Math.abs(numbers.filter((x) => x === 0).length / 10_000 - 0.3)).toBeLessThan(0.02);
});
