import { beforeAll, describe, expect, it } from 'vitest';
import { checkLoss, cosineOf, meanOf, noiseRows, others, sumOf, termsOf } from '../../test/check-loss.js';
import { startBackend } from '../../test/start-backend.js';
import { circleLoss } from './circle-loss.js';

beforeAll(() => startBackend('cpu'));

const labels = [0, 1, 0, 2, 1, 0, 3];
const rows = noiseRows(7, 5, 11);

describe('circleLoss', () => {
  it.each([
    [0.4, 80],
    [0.25, 16],
  ])('is the formula with the paces held still, margin %f, gamma %f', (margin, gamma) =>
    checkLoss({
      make: () => circleLoss({ margin, gamma }),
      rows,
      targets: labels,
      formula: (x) => {
        const terms = x.map((a, i) => {
          const exponents = (same: boolean) =>
            others(x.length, i)
              .filter((j) => (labels[i] === labels[j]) === same)
              .map((j) => {
                const s = cosineOf(a, x[j]!);
                const still = cosineOf(rows[i]!, rows[j]!);
                return same
                  ? -gamma * Math.max(0, 1 + margin - still) * (s - (1 - margin))
                  : gamma * Math.max(0, still + margin) * (s - margin);
              });
          const [near, far] = [exponents(true), exponents(false)];
          if (near.length === 0 || far.length === 0) return undefined;
          const together = Math.log(sumOf(near.map(Math.exp))) + Math.log(sumOf(far.map(Math.exp)));
          return together > 30 ? together : Math.log(1 + Math.exp(together));
        });
        return meanOf(terms.filter((term) => term !== undefined));
      },
    }),
  );

  it('has the numbers worked by hand', () => {
    const loss = circleLoss({ margin: 0.5, gamma: 2, reduction: 'none' });
    // Rows 0 and 1: s_p = 1, a_p = 0.5: -2 x 0.5 x 0.5 = -0.5; s_n = 0, a_n = 0.5: 2 x 0.5 x -0.5 = -0.5. Row 2 has no positive.
    const term = Math.log(1 + Math.exp(-1));
    const terms = termsOf(
      loss,
      [
        [1, 0],
        [2, 0],
        [0, 1],
      ],
      [0, 0, 1],
    );
    expect(terms).toEqual([expect.closeTo(term, 6), expect.closeTo(term, 6)]);
  });
});
