import { beforeAll, describe, expect, it } from 'vitest';
import { checkLoss, dotOf, meanOf, noiseRows, sumOf, termsOf } from '../../test/check-loss.js';
import { startBackend } from '../../test/start-backend.js';
import { nPairsLoss } from './n-pairs-loss.js';

beforeAll(() => startBackend('cpu'));

const rows = noiseRows(8, 5, 12);

function formula(x: number[][], pairs: readonly (readonly [number, number])[]): number {
  return meanOf(
    pairs.map(([a, own]) => {
      const logits = pairs.map(([, p]) => dotOf(x[a]!, x[p]!));
      return Math.log(sumOf(logits.map(Math.exp))) - dotOf(x[a]!, x[own]!);
    }),
  );
}

describe('nPairsLoss', () => {
  it('is the formula of the first two rows of each class', () =>
    checkLoss({
      make: () => nPairsLoss(),
      rows,
      targets: [4, 1, 0, 4, 7, 1, 1, 0],
      formula: (x) =>
        formula(x, [
          [0, 3],
          [1, 5],
          [2, 7],
        ]),
    }));

  it('is the formula of listed pairs', () => {
    const positivePairs = [
      [3, 0],
      [6, 2],
    ] as const;
    return checkLoss({
      make: () => nPairsLoss(),
      rows,
      targets: { positivePairs, negativePairs: [] },
      formula: (x) => formula(x, positivePairs),
    });
  });

  it('takes one mined pair of each class', () => {
    const positives = { anchors: Int32Array.of(5, 1, 3), others: Int32Array.of(6, 5, 0) };
    const none = { anchors: new Int32Array(0), others: new Int32Array(0) };
    return checkLoss({
      make: () => nPairsLoss(),
      rows,
      targets: [4, 1, 0, 4, 7, 1, 1, 0],
      options: () => ({ mined: { kind: 'pairs', positives, negatives: none, dropped: 0 } }),
      formula: (x) =>
        formula(x, [
          [5, 6],
          [3, 0],
        ]),
    });
  });

  it('has the numbers worked by hand', () => {
    const terms = termsOf(
      nPairsLoss({ reduction: 'none' }),
      [
        [1, 0],
        [2, 0],
        [0, 1],
        [0, 1],
      ],
      [0, 0, 1, 1],
    );
    // Row 0 against (2, 0) and (0, 1): logits 2 and 0. Row 2: 0 and 1.
    expect(terms).toEqual([Math.log(1 + Math.exp(-2)), Math.log(1 + Math.exp(-1))].map((x) => expect.closeTo(x, 6)));
    expect(
      termsOf(
        nPairsLoss(),
        [
          [1, 0],
          [2, 0],
          [0, 1],
        ],
        [0, 0, 1],
      ),
    ).toEqual([0]);
    expect(() => termsOf(nPairsLoss(), [[1]], { multiHot: [[1]] })).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED' }),
    );
  });
});
