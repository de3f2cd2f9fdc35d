import { beforeAll, describe, expect, it } from 'vitest';
import { checkLoss, cosineOf, meanOf, noiseRows, others, sumOf, termsOf } from '../../test/check-loss.js';
import { startBackend } from '../../test/start-backend.js';
import { multiSimilarityLoss } from './multi-similarity-loss.js';

beforeAll(() => startBackend('cpu'));

const labels = [0, 1, 0, 2, 1, 0, 3];
const rows = noiseRows(7, 5, 10);

describe('multiSimilarityLoss', () => {
  it.each([
    [2, 50, 0.5],
    [3, 10, 0.1],
  ])('is the formula, alpha %f, beta %f, base %f', (alpha, beta, base) =>
    checkLoss({
      make: () => multiSimilarityLoss({ alpha, beta, base }),
      rows,
      targets: labels,
      formula: (x) =>
        meanOf(
          x.map((a, i) => {
            const side = (same: boolean, scale: number) =>
              Math.log(
                1 +
                  sumOf(
                    others(x.length, i)
                      .filter((j) => (labels[i] === labels[j]) === same)
                      .map((j) => Math.exp(scale * (cosineOf(a, x[j]!) - base))),
                  ),
              ) / Math.abs(scale);
            return side(true, -alpha) + side(false, beta);
          }),
        ),
    }),
  );

  it('has the numbers worked by hand', () => {
    const loss = multiSimilarityLoss({ alpha: 1, beta: 2, base: 0, reduction: 'none' });
    // Row 0: positive at cosine 1, negative at 0; row 2: two negatives at 0.
    const near = Math.log(1 + Math.exp(-1)) + Math.log(2) / 2;
    const terms = termsOf(
      loss,
      [
        [1, 0],
        [2, 0],
        [0, 1],
      ],
      [0, 0, 1],
    );
    expect(terms).toEqual([near, near, Math.log(3) / 2].map((x) => expect.closeTo(x, 6)));
    expect(
      termsOf(
        loss,
        [
          [1, 0],
          [1, 0],
        ],
        { positivePairs: [], negativePairs: [] },
      ),
    ).toEqual([0, 0]);
  });
});
