import { beforeAll, describe, expect, it } from 'vitest';
import { checkLoss, cosineOf, lossAndGradients, meanOf, noiseRows, sumOf, termsOf } from '../../test/check-loss.js';
import { startBackend } from '../../test/start-backend.js';
import { arcFaceLoss } from './arc-face-loss.js';

beforeAll(() => startBackend('cpu'));

const labels = [0, 2, 0, 1, 2];
const rows = noiseRows(5, 4, 15);

describe('arcFaceLoss', () => {
  it.each([
    [0.5, 64],
    [0.5, 4],
    // Beyond pi - 1.8 = 1.34 radians some of the angles are.
    [1.8, 4],
  ])('is the formula, margin %f, scale %f', (margin, scale) =>
    checkLoss({
      make: () => arcFaceLoss({ classes: 3, dim: 4, seed: 5, margin, scale }),
      rows,
      targets: labels,
      formula: (x, [weights]) =>
        meanOf(
          x.map((row, i) => {
            const logits = [0, 1, 2].map((c) => {
              const angle = Math.acos(cosineOf(row, weights!.slice(c * 4, c * 4 + 4)));
              if (c !== labels[i]) return scale * Math.cos(angle);
              const beyond = angle > Math.PI - margin;
              return scale * (beyond ? Math.cos(angle) - margin * Math.sin(margin) : Math.cos(angle + margin));
            });
            const largest = Math.max(...logits);
            return largest + Math.log(sumOf(logits.map((z) => Math.exp(z - largest)))) - logits[labels[i]!]!;
          }),
        ),
    }),
  );

  it('takes radians, and has the numbers worked by hand', () => {
    const initialWeights = Float32Array.of(1, 0, 0, 1);
    const options = { classes: 2, dim: 2, scale: 1, margin: Math.PI / 2, initialWeights };
    const loss = arcFaceLoss({ ...options, reduction: 'none' });
    // Angle 0 + 90 degrees: logit 0 against 0. Angle 180, beyond: -1 - pi/2 against 0.
    const terms = termsOf(
      loss,
      [
        [3, 0],
        [-1, 0],
      ],
      [0, 0],
    );
    expect(terms).toEqual([expect.closeTo(Math.LN2, 6), expect.closeTo(Math.log(1 + Math.exp(1 + Math.PI / 2)), 6)]);
    const { gradients } = lossAndGradients(arcFaceLoss(options), [[3, 0]], [0]);
    for (const slope of gradients[0]!) expect(Math.abs(slope)).toBeLessThan(1);
    expect(() => arcFaceLoss({ ...options, margin: 28.6 })).toThrow(/radians/);
    loss.dispose();
  });
});
