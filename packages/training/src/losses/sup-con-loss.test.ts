import { beforeAll, describe, expect, it } from 'vitest';
import {
  checkLoss,
  cosineOf,
  dotOf,
  lossAndGradients,
  meanOf,
  noiseRows,
  others,
  sumOf,
  termsOf,
} from '../../test/check-loss.js';
import { startBackend } from '../../test/start-backend.js';
import { supConLoss } from './sup-con-loss.js';

beforeAll(() => startBackend('cpu'));

const labels = [0, 1, 0, 2, 1, 0, 3];
const rows = noiseRows(7, 5, 3);

function formula(x: number[][], t: number, similarity: (a: number[], b: number[]) => number): number {
  const terms: number[] = [];
  x.forEach((a, i) => {
    const total = Math.log(sumOf(others(x.length, i).map((j) => Math.exp(similarity(a, x[j]!) / t))));
    const positives = others(x.length, i).filter((j) => labels[j] === labels[i]);
    if (positives.length > 0) terms.push(meanOf(positives.map((p) => total - similarity(a, x[p]!) / t)));
  });
  return meanOf(terms);
}

describe('supConLoss', () => {
  it.each([0.1, 1])('is the formula at temperature %f', (temperature) =>
    checkLoss({
      make: () => supConLoss({ temperature }),
      rows,
      targets: labels,
      formula: (x) => formula(x, temperature, cosineOf),
    }),
  );

  it('is the formula of dot products', () =>
    checkLoss({
      make: () => supConLoss({ distance: 'dot' }),
      rows,
      targets: labels,
      formula: (x) => formula(x, 0.1, dotOf),
    }));

  it('has the numbers worked by hand', () => {
    const corner = [
      [1, 0],
      [1, 0],
      [0, 1],
    ];
    const loss = supConLoss({ temperature: 1, reduction: 'none' });
    const term = Math.log(1 + Math.exp(-1));
    // The third row has no positive: two terms.
    expect(termsOf(loss, corner, [0, 0, 1])).toEqual([expect.closeTo(term, 6), expect.closeTo(term, 6)]);
    const { gradients } = lossAndGradients(supConLoss({ temperature: 1 }), corner, [0, 0, 1]);
    // Only turns count: rows 0 and 1 turn away from row 2 by half the negative's probability each, row 2 from both.
    const half = 1 / (1 + Math.E) / 2;
    expect(gradients[0]).toEqual([0, half, 0, half, 2 * half, 0].map((x) => expect.closeTo(x, 6)));
  });
});
