import { beforeAll, describe, expect, it } from 'vitest';
import { checkLoss, lengthOf, lossAndGradients, meanOf, noiseRows, others, termsOf } from '../../test/check-loss.js';
import { startBackend } from '../../test/start-backend.js';
import { type ContrastiveLossOptions, contrastiveLoss } from './contrastive-loss.js';

beforeAll(() => startBackend('cpu'));

const labels = [0, 1, 0, 2, 1, 0, 3];
const rows = noiseRows(7, 5, 1);

function pairTerms(x: number[][], posMargin: number, negMargin: number) {
  const positives: number[] = [];
  const negatives: number[] = [];
  x.forEach((a, i) => {
    for (const j of others(x.length, i)) {
      const d = lengthOf(a, x[j]!);
      if (labels[i] === labels[j]) positives.push(Math.max(0, d - posMargin));
      else negatives.push(Math.max(0, negMargin - d));
    }
  });
  return { positives, negatives };
}
const nonZero = (terms: number[]) => meanOf(terms.filter((x) => x > 0));

describe('contrastiveLoss', () => {
  it.each([
    [0, 1],
    [1.2, 1.9],
  ])('is the formula, margins %f and %f', (posMargin, negMargin) =>
    checkLoss({
      make: () => contrastiveLoss({ posMargin, negMargin }),
      rows,
      targets: labels,
      formula: (x) => {
        const { positives, negatives } = pairTerms(x, posMargin, negMargin);
        return nonZero(positives) + nonZero(negatives);
      },
    }),
  );

  it('is the formula of Hadsell', () =>
    checkLoss({
      make: () => contrastiveLoss({ form: 'hadsell', margin: 1.9 }),
      rows,
      targets: labels,
      formula: (x) => {
        const terms: number[] = [];
        for (let i = 0; i < x.length; i++)
          for (let j = i + 1; j < x.length; j++) {
            const d = lengthOf(x[i]!, x[j]!);
            terms.push(labels[i] === labels[j] ? d ** 2 / 2 : Math.max(0, 1.9 - d) ** 2 / 2);
          }
        return meanOf(terms);
      },
    }));

  it('has the numbers worked by hand', () => {
    // Distances on the line: 0.5 (positive), 0.75 and 0.25 (negative).
    const line = [[0], [0.5], [0.75]];
    expect(termsOf(contrastiveLoss({ reduction: 'none' }), line, [0, 0, 1])).toEqual([
      0.5, 0.5, 0.25, 0.75, 0.25, 0.75,
    ]);
    const { value, gradients } = lossAndGradients(contrastiveLoss(), line, [0, 0, 1]);
    expect(value).toBe(1);
    // d(0,1)/dx = -1 and 1; minus half the slopes of both negative pairs.
    expect(gradients[0]).toEqual([-0.5, 1.5, -1].map((x) => expect.closeTo(x, 6)));
    const hadsell = contrastiveLoss({ form: 'hadsell', reduction: 'none' });
    expect(termsOf(hadsell, line, [0, 0, 1])).toEqual([0.125, 0.03125, 0.28125]);
  });

  it('has a margin under two names for Hadsell, and refuses margins of the other form', () => {
    const value = (options: ContrastiveLossOptions) => lossAndGradients(contrastiveLoss(options), rows, labels).value;
    expect(value({ form: 'hadsell', negMargin: 1.9 })).toBe(value({ form: 'hadsell', margin: 1.9 }));
    expect(value({ form: 'hadsell', margin: 1.9 })).not.toBe(value({ form: 'hadsell' }));
    expect(() => contrastiveLoss({ margin: 1 })).toThrow(/posMargin and negMargin/);
    expect(() => contrastiveLoss({ form: 'hadsell', posMargin: 0.1 })).toThrow(/hadsell has margin/);
  });

  it('takes cosine as 1 - cosine', () => {
    const loss = contrastiveLoss({ distance: 'cosine', reduction: 'none' });
    const terms = termsOf(
      loss,
      [
        [2, 0],
        [0, 3],
        [1, 1],
      ],
      [0, 0, 1],
    );
    const near = Math.SQRT1_2;
    expect(terms).toEqual([1, 1, near, near, near, near].map((x) => expect.closeTo(x, 6)));
  });
});
