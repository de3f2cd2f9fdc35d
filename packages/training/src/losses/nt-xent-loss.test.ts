import { beforeAll, describe, expect, it } from 'vitest';
import { checkLoss, cosineOf, lengthOf, meanOf, noiseRows, others, sumOf, termsOf } from '../../test/check-loss.js';
import { startBackend } from '../../test/start-backend.js';
import { ntXentLoss } from './nt-xent-loss.js';

beforeAll(() => startBackend('cpu'));

const labels = [0, 1, 0, 2, 1, 0, 3];
const rows = noiseRows(7, 5, 4);

function formula(x: number[][], t: number, similarity: (a: number[], b: number[]) => number): number {
  const terms: number[] = [];
  x.forEach((a, i) => {
    const rest = others(x.length, i);
    const negatives = sumOf(rest.filter((j) => labels[j] !== labels[i]).map((j) => Math.exp(similarity(a, x[j]!) / t)));
    for (const p of rest.filter((j) => labels[j] === labels[i])) {
      const own = Math.exp(similarity(a, x[p]!) / t);
      terms.push(-Math.log(own / (own + negatives)));
    }
  });
  return meanOf(terms);
}

describe('ntXentLoss', () => {
  it('is the formula', () =>
    checkLoss({ make: () => ntXentLoss(), rows, targets: labels, formula: (x) => formula(x, 0.07, cosineOf) }));

  it('is the formula of another temperature and distance', () =>
    checkLoss({
      make: () => ntXentLoss({ temperature: 0.5, distance: 'euclidean' }),
      rows,
      targets: labels,
      formula: (x) => formula(x, 0.5, (a, b) => -lengthOf(a, b)),
    }));

  it('has the numbers worked by hand', () => {
    const corner = [
      [1, 0],
      [1, 0],
      [0, 1],
      [1, 0],
    ];
    const loss = ntXentLoss({ temperature: 1, reduction: 'none' });
    // Six ordered pairs of rows 0, 1, 3, each against one negative: other positives do not count.
    const term = Math.log(1 + Math.exp(-1));
    expect(termsOf(loss, corner, [0, 0, 1, 0])).toEqual(Array.from({ length: 6 }, () => expect.closeTo(term, 6)));
    expect(termsOf(loss, corner.slice(0, 2), [0, 0])).toEqual([0, 0]);
  });
});
