import { beforeAll, describe, expect, it } from 'vitest';
import {
  checkLoss,
  cosineOf,
  lengthOf,
  lossAndGradients,
  meanOf,
  noiseRows,
  sumOf,
  termsOf,
} from '../../test/check-loss.js';
import { startBackend } from '../../test/start-backend.js';
import { tripletLoss } from './triplet-loss.js';

beforeAll(() => startBackend('cpu'));

const labels = [0, 1, 0, 2, 1, 0, 1];
const rows = noiseRows(7, 5, 2);
type Measure = (a: number[], b: number[]) => number;

function differences(x: number[][], measure: Measure, swap = false): number[] {
  const found: number[] = [];
  for (let a = 0; a < x.length; a++)
    for (let p = 0; p < x.length; p++)
      for (let n = 0; n < x.length; n++) {
        if (a === p || labels[a] !== labels[p] || labels[a] === labels[n]) continue;
        const far = measure(x[a]!, x[n]!);
        found.push(measure(x[a]!, x[p]!) - (swap ? Math.min(far, measure(x[p]!, x[n]!)) : far));
      }
  return found;
}
const hinge = (margin: number) => (x: number) => Math.max(0, x + margin);
const squared: Measure = (a, b) => lengthOf(a, b) ** 2;
const manhattan: Measure = (a, b) => sumOf(a.map((x, i) => Math.abs(x - b[i]!)));
const oneMinusCosine: Measure = (a, b) => 1 - cosineOf(a, b);

describe('tripletLoss', () => {
  it.each([
    ['euclidean', lengthOf],
    ['squaredEuclidean', squared],
    ['manhattan', manhattan],
    ['cosine', oneMinusCosine],
  ] as const)('is the formula of all triplets, %s', (distance, measure) =>
    checkLoss({
      make: () => tripletLoss({ distance, margin: 0.3 }),
      rows,
      targets: labels,
      formula: (x) => meanOf(differences(x, measure as Measure).map(hinge(0.3))),
    }),
  );

  it('is the formula when soft', () =>
    checkLoss({
      make: () => tripletLoss({ soft: true }),
      rows,
      targets: labels,
      formula: (x) => meanOf(differences(x, lengthOf).map((d) => Math.log(1 + Math.exp(d)))),
    }));

  it('is the formula with swap, and the mean of terms above zero', () =>
    checkLoss({
      make: () => tripletLoss({ swap: true, reduction: 'nonZeroMean' }),
      rows,
      targets: labels,
      formula: (x) =>
        meanOf(
          differences(x, lengthOf, true)
            .map(hinge(0.2))
            .filter((term) => term > 0),
        ),
    }));

  it('is the formula of mined triplets, and of mined pairs that share an anchor', async () => {
    const list = (...values: number[]) => Int32Array.from(values);
    const triplets = {
      kind: 'triplets',
      anchors: list(0, 5, 0),
      positives: list(2, 0, 2),
      negatives: list(1, 3, 4),
      dropped: 0,
    } as const;
    const term = (x: number[][], a: number, p: number, n: number) =>
      hinge(0.9)(lengthOf(x[a]!, x[p]!) - lengthOf(x[a]!, x[n]!));
    await checkLoss({
      make: () => tripletLoss({ margin: 0.9, reduction: 'sum' }),
      rows,
      targets: labels,
      options: () => ({ mined: triplets }),
      formula: (x) => term(x, 0, 2, 1) + term(x, 5, 0, 3) + term(x, 0, 2, 4),
    });
    const pairs = {
      kind: 'pairs',
      positives: { anchors: list(5, 0), others: list(0, 2) },
      negatives: { anchors: list(0, 0, 1), others: list(1, 4, 0) },
      dropped: 0,
    } as const;
    await checkLoss({
      make: () => tripletLoss({ margin: 0.9, reduction: 'sum' }),
      rows,
      targets: labels,
      options: () => ({ mined: pairs }),
      formula: (x) => term(x, 0, 2, 1) + term(x, 0, 2, 4),
    });
  });

  it('has the numbers worked by hand', () => {
    const line = [[0], [1], [1.25]];
    // (0, 1, 2): 1 - 1.25 + 0.5; (1, 0, 2): 1 - 0.25 + 0.5
    expect(termsOf(tripletLoss({ margin: 0.5, reduction: 'none' }), line, [0, 0, 1])).toEqual([0.25, 1.25]);
    const { value, gradients } = lossAndGradients(tripletLoss({ margin: 0.5 }), line, [0, 0, 1]);
    expect(value).toBe(0.75);
    // Halves of: (0,1,2) gives -1+1, +1, -1; (1,0,2) gives -1, +1+1, -1.
    expect(gradients[0]).toEqual([-0.5, 1.5, -1]);
  });

  it('refuses a margin when soft, and swap with a reference', () => {
    expect(() => tripletLoss({ soft: true, margin: 1 })).toThrow(/margin/);
  });
});
