import { beforeAll, describe, expect, it } from 'vitest';
import { checkLoss, cosineOf, meanOf, noiseRows, sumOf, termsOf } from '../../test/check-loss.js';
import { startBackend } from '../../test/start-backend.js';
import { proxyAnchorLoss } from './proxy-anchor-loss.js';

beforeAll(() => startBackend('cpu'));

const rows = noiseRows(5, 4, 6);

function formula(x: number[][], weights: number[], has: (row: number, c: number) => boolean): number {
  const proxies = [0, 1, 2, 3].map((c) => weights.slice(c * 4, c * 4 + 4));
  const parts = proxies.map((proxy, c) => {
    const near = x.filter((_, i) => has(i, c)).map((row) => Math.exp(-32 * (cosineOf(row, proxy) - 0.1)));
    const far = x.filter((_, i) => !has(i, c)).map((row) => Math.exp(32 * (cosineOf(row, proxy) + 0.1)));
    return { positives: near.length, near: Math.log(1 + sumOf(near)), far: Math.log(1 + sumOf(far)) };
  });
  return (
    meanOf(parts.filter(({ positives }) => positives > 0).map(({ near }) => near)) + meanOf(parts.map(({ far }) => far))
  );
}

describe('proxyAnchorLoss', () => {
  it('is the formula, in embeddings and proxies; class 3 has no sample', () => {
    const labels = [0, 2, 0, 1, 2];
    return checkLoss({
      make: () => proxyAnchorLoss({ classes: 4, dim: 4 }),
      rows,
      targets: labels,
      formula: (x, [weights]) => formula(x, weights!, (row, c) => labels[row] === c),
    });
  });

  it('is the formula of several classes each', () => {
    const multiHot = [
      [1, 1, 0, 0],
      [0, 1, 0, 0],
      [0, 0, 0, 0],
      [0, 0, 1, 1],
      [1, 0, 0, 0],
    ];
    return checkLoss({
      make: () => proxyAnchorLoss({ classes: 4, dim: 4, seed: 1 }),
      rows,
      targets: { multiHot },
      formula: (x, [weights]) => formula(x, weights!, (row, c) => multiHot[row]![c] === 1),
    });
  });

  it('has the numbers worked by hand', () => {
    const options = { classes: 2, dim: 2, alpha: 1, margin: 0, initialWeights: Float32Array.of(1, 0, 0, 1) };
    const near = Math.log(1 + Math.exp(-1));
    const none = proxyAnchorLoss({ ...options, reduction: 'none' });
    expect(termsOf(none, [[1, 0]], [0])).toEqual([near, 0, Math.LN2].map((x) => expect.closeTo(x, 6)));
    const mean = proxyAnchorLoss(options);
    expect(termsOf(mean, [[1, 0]], [0])[0]).toBeCloseTo(near + Math.LN2 / 2, 6);
    // Of the second part, class 0 is 0: it has no sample of another class.
    expect(termsOf(proxyAnchorLoss({ ...options, reduction: 'nonZeroMean' }), [[1, 0]], [0])[0]).toBeCloseTo(
      near + Math.LN2,
      6,
    );
    expect(termsOf(proxyAnchorLoss({ ...options, reduction: 'sum' }), [[1, 0]], [0])[0]).toBeCloseTo(
      near + Math.LN2,
      6,
    );
    expect(mean.weights[0]!.learningRateScale).toBe(10);
    expect(() => termsOf(mean, [[1, 0]], { positivePairs: [], negativePairs: [] })).toThrow(/multi-hot/);
  });
});
