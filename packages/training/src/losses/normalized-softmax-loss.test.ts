import { beforeAll, describe, expect, it } from 'vitest';
import { checkLoss, cosineOf, meanOf, noiseRows, sumOf, termsOf } from '../../test/check-loss.js';
import { startBackend } from '../../test/start-backend.js';
import { normalizedSoftmaxLoss } from './normalized-softmax-loss.js';

beforeAll(() => startBackend('cpu'));

const labels = [0, 2, 0, 1, 2];
const rows = noiseRows(5, 4, 5);

describe('normalizedSoftmaxLoss', () => {
  it('is the formula, in embeddings and class vectors', () =>
    checkLoss({
      make: () => normalizedSoftmaxLoss({ classes: 3, dim: 4, seed: 3 }),
      rows,
      targets: labels,
      formula: (x, [weights]) => {
        const vectors = [0, 1, 2].map((c) => weights!.slice(c * 4, c * 4 + 4));
        return meanOf(
          x.map((row, i) => {
            const logits = vectors.map((vector) => cosineOf(row, vector) / 0.05);
            return Math.log(sumOf(logits.map((logit) => Math.exp(logit - logits[labels[i]!]!))));
          }),
        );
      },
    }));

  it('has the numbers worked by hand', () => {
    const loss = normalizedSoftmaxLoss({
      classes: 2,
      dim: 2,
      temperature: 1,
      reduction: 'none',
      initialWeights: Float32Array.of(1, 0, 0, 5),
    });
    const own = Math.log(1 + Math.exp(-1));
    expect(
      termsOf(
        loss,
        [
          [3, 0],
          [3, 0],
        ],
        [0, 1],
      ),
    ).toEqual([expect.closeTo(own, 6), expect.closeTo(own + 1, 6)]);
    expect(loss.weights.map(({ name, variable }) => [name, variable.shape])).toEqual([
      ['normalizedSoftmaxLoss/classes', [2, 2]],
    ]);
    loss.dispose();
  });

  it('names what came', () => {
    const loss = normalizedSoftmaxLoss({ classes: 2, dim: 2 });
    expect(() => termsOf(loss, [[1, 0]], [2])).toThrow(expect.objectContaining({ code: 'UNKNOWN_LABEL' }));
    expect(() => termsOf(loss, [[1, 0]], { multiHot: [[1, 1]] })).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED' }),
    );
    expect(() => termsOf(loss, [[1, 0, 0]], [0])).toThrow(expect.objectContaining({ code: 'DIMENSION_MISMATCH' }));
    expect(() => normalizedSoftmaxLoss({ classes: 2 } as never)).toThrow(/dim/);
    expect(() => normalizedSoftmaxLoss({ classes: 2, dim: 2, initialWeights: new Float32Array(3) })).toThrow(/2 x 2/);
    loss.dispose();
  });
});
