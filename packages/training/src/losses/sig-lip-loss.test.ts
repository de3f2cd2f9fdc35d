import { beforeAll, describe, expect, it } from 'vitest';
import { checkDualLoss } from '../../test/check-dual-loss.js';
import { dotOf, noiseRows, sumOf, tensorOf, unitOf } from '../../test/check-loss.js';
import { startBackend } from '../../test/start-backend.js';
import { sigLipLoss } from './sig-lip-loss.js';

beforeAll(() => startBackend('cpu'));

function formula(i: number[][], t: number[][], [logScale, bias]: number[], belongs: (a: number, b: number) => boolean) {
  const terms = i.flatMap((image, a) =>
    t.map((text, b) => {
      const z = belongs(a, b) ? 1 : -1;
      return Math.log(1 + Math.exp(-z * (Math.exp(logScale!) * dotOf(image, text) + bias!)));
    }),
  );
  return sumOf(terms) / i.length;
}

describe('sigLipLoss', () => {
  it('is the formula of pairs', () =>
    checkDualLoss({
      make: () => sigLipLoss(),
      images: noiseRows(4, 5, 17),
      texts: noiseRows(4, 5, 18),
      formula: (i, t, weights) => formula(i, t, weights.flat(), (a, b) => a === b),
    }));

  it('is the formula of several captions', () => {
    const textIds = [2, 0, 1, 1, 2];
    return checkDualLoss({
      make: () => sigLipLoss({ logScale: 0.5, bias: -1, normalize: true }),
      images: noiseRows(3, 5, 19),
      texts: noiseRows(5, 5, 20),
      matches: { textIds },
      formula: (i, t, weights) => formula(i.map(unitOf), t.map(unitOf), weights.flat(), (a, b) => textIds[b] === a),
    });
  });

  it('has the numbers worked by hand', () => {
    const corner = tensorOf([
      [1, 0],
      [0, 1],
    ]);
    const loss = sigLipLoss({ logScale: 0, bias: 0 });
    // Each picture: its text at logit 1, the other at 0.
    expect(loss.compute(corner, corner).dataSync()[0]).toBeCloseTo(Math.log(1 + Math.exp(-1)) + Math.LN2, 6);
    expect(loss.weights.map(({ name }) => name)).toEqual(['sigLipLoss/logScale', 'sigLipLoss/bias']);
    loss.dispose();
    const first = sigLipLoss();
    expect(first.weights.map(({ variable }) => variable.dataSync()[0])).toEqual([expect.closeTo(Math.log(10), 6), -10]);
    first.dispose();
    expect(sigLipLoss({ learnable: false }).weights).toEqual([]);
  });
});
