import { beforeAll, describe, expect, it } from 'vitest';
import { checkLoss, lengthOf, lossAndGradients, meanOf, noiseRows, sumOf, termsOf } from '../../test/check-loss.js';
import { startBackend } from '../../test/start-backend.js';
import type { Reduction } from './loss.js';
import { rangeLoss } from './range-loss.js';

beforeAll(() => startBackend('cpu'));

const labels = [5, 1, 5, 2, 1, 5, 5];
const rows = noiseRows(7, 4, 14);

function formula(
  x: number[][],
  { alpha, beta, margin, k }: { alpha: number; beta: number; margin: number; k: number },
) {
  const classes = [1, 2, 5].map((label) => x.filter((_, i) => labels[i] === label));
  const spreads = classes.map((members) => {
    const squares = members.flatMap((a, i) => members.slice(i + 1).map((b) => lengthOf(a, b) ** 2));
    const largest = squares.sort((a, b) => b - a).slice(0, k);
    return largest.length === 0 ? 0 : largest.length / sumOf(largest.map((d) => 1 / d));
  });
  const centres = classes.map((members) => members[0]!.map((_, c) => meanOf(members.map((row) => row[c]!))));
  const gaps = centres.flatMap((a, i) => centres.slice(i + 1).map((b) => lengthOf(a, b) ** 2));
  return alpha * sumOf(spreads) + beta * Math.max(0, margin - Math.min(...gaps));
}

describe('rangeLoss', () => {
  it.each([
    { alpha: 1, beta: 1, margin: 1, k: 2 },
    { alpha: 0.5, beta: 2, margin: 3, k: 4 },
  ])('is the formula, %o', (options) =>
    checkLoss({ make: () => rangeLoss(options), rows, targets: labels, formula: (x) => formula(x, options) }),
  );

  it('has the numbers worked by hand', () => {
    // Class 0 at 0, 1, 3: squares 1, 9, 4; the two largest: 2 / (1/9 + 1/4) = 72/13. Centres 4/3 and 4.
    const line = [[0], [1], [3], [4]];
    const terms = termsOf(rangeLoss({ margin: 10, reduction: 'none' }), line, [0, 0, 0, 1]);
    expect(terms).toEqual([expect.closeTo(72 / 13, 5), expect.closeTo(10 - 64 / 9, 5)]);
    expect(termsOf(rangeLoss({ margin: 10 }), line, [0, 0, 0, 0])[0]).toBeCloseTo(2 / (1 / 16 + 1 / 9), 5);
  });

  it('takes means over classes of its first part', () => {
    // Class 0 at 0, 2: 4; class 1 at 5, 5: 0; class 2 alone. Centres 1, 5, 9: 16.
    const line = [[0], [2], [5], [5], [9]];
    const value = (reduction: Reduction) =>
      lossAndGradients(rangeLoss({ margin: 18, reduction }), line, [0, 0, 1, 1, 2]).value;
    expect(['sum', 'mean', 'nonZeroMean'].map((reduction) => value(reduction as Reduction))).toEqual([6, 4, 6]);
  });

  it('is finite where rows coincide', () => {
    const same = [
      [1, 2],
      [1, 2],
      [1, 2],
      [1, 2],
    ];
    const { value, gradients } = lossAndGradients(rangeLoss(), same, [0, 0, 1, 1]);
    expect(value).toBe(1);
    expect(gradients[0]).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
    expect(rangeLoss().collapsedValue).toBe(1);
  });

  it('names what came', () => {
    const code = (code: string) => expect.objectContaining({ code });
    expect(() => termsOf(rangeLoss(), [[1]], { multiHot: [[1]] })).toThrow(code('UNSUPPORTED'));
    expect(() => rangeLoss({ k: 0 })).toThrow(code('INVALID_ARGUMENT'));
    expect(() => rangeLoss({ reduction: 'median' } as never)).toThrow(/nonZeroMean/);
  });
});
