import { expect, it } from 'vitest';
import { fitWords } from '../train/ridge-words.js';

it('is kernel ridge regression, by hand', () => {
  // Of three texts two share feature 1; feature 2 and 3 have one holder each.
  const targets = { data: Float32Array.of(1, 0, 0, 1, 2, 2), dim: 2 };
  const predict = fitWords([[1, 2], [1], [3]], targets, { learned: [0, 1, 2], strength: 0.5 });
  const [shared, own] = [Math.log(3 / 2), Math.log(3)];
  const cosine = shared / Math.hypot(shared, own);
  // (K + 0.5) a = y, where K has the cosine between the first two.
  const determinant = 1.5 ** 2 - cosine ** 2;
  const first = [1.5 / determinant, -cosine / determinant];
  const second = [-cosine / determinant, 1.5 / determinant];
  const expected = [cosine * first[0]! + second[0]!, cosine * first[1]! + second[1]!];
  const found = predict([[1], [3, 9], [9]]);
  expect(found[0]).toBeCloseTo(expected[0]!, 6);
  expect(found[1]).toBeCloseTo(expected[1]!, 6);
  expect([...found.subarray(2)].map((value) => Number(value.toFixed(6)))).toEqual([1.333333, 1.333333, 0, 0]);
});
