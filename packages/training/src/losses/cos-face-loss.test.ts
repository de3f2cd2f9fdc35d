import { beforeAll, describe, expect, it } from 'vitest';
import { checkLoss, cosineOf, meanOf, noiseRows, sumOf, termsOf } from '../../test/check-loss.js';
import { startBackend } from '../../test/start-backend.js';
import { cosFaceLoss } from './cos-face-loss.js';

beforeAll(() => startBackend('cpu'));

const labels = [0, 2, 0, 1, 2];

describe('cosFaceLoss', () => {
  it('is the formula', () =>
    checkLoss({
      make: () => cosFaceLoss({ classes: 3, dim: 4 }),
      rows: noiseRows(5, 4, 16),
      targets: labels,
      formula: (x, [weights]) =>
        meanOf(
          x.map((row, i) => {
            const cosines = [0, 1, 2].map((c) => cosineOf(row, weights!.slice(c * 4, c * 4 + 4)));
            const own = 64 * (cosines[labels[i]!]! - 0.35);
            const rest = sumOf(cosines.map((s, c) => (c === labels[i] ? 0 : Math.exp(64 * s - own))));
            return Math.log(1 + rest);
          }),
        ),
    }));

  it('has the numbers worked by hand', () => {
    const initialWeights = Float32Array.of(1, 0, 0, 1);
    const loss = cosFaceLoss({ classes: 2, dim: 2, scale: 2, margin: 0.5, initialWeights, reduction: 'none' });
    // Logits 2 x 0.5 and 0; 2 x -0.5 and 2.
    const terms = termsOf(
      loss,
      [
        [1, 0],
        [1, 0],
      ],
      [0, 1],
    );
    expect(terms).toEqual([Math.log(1 + Math.exp(-1)), Math.log(1 + Math.exp(3))].map((x) => expect.closeTo(x, 5)));
    loss.dispose();
  });
});
