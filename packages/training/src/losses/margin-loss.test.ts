import { beforeAll, describe, expect, it } from 'vitest';
import { checkLoss, lengthOf, noiseRows, sumOf, termsOf } from '../../test/check-loss.js';
import { startBackend } from '../../test/start-backend.js';
import { type MarginLossOptions, marginLoss } from './margin-loss.js';

beforeAll(() => startBackend('cpu'));

const labels = [0, 1, 0, 2, 1, 0, 1];
const rows = noiseRows(7, 5, 13);

/** `betaOf` gives the boundary of an anchor's class. */
function formula(x: number[][], margin: number, betaOf: (c: number) => number): number {
  const parts: number[] = [];
  for (let a = 0; a < x.length; a++)
    for (let p = 0; p < x.length; p++)
      for (let n = 0; n < x.length; n++) {
        if (a === p || labels[a] !== labels[p] || labels[a] === labels[n]) continue;
        parts.push(lengthOf(x[a]!, x[p]!) - betaOf(labels[a]!) + margin);
        parts.push(betaOf(labels[a]!) - lengthOf(x[a]!, x[n]!) + margin);
      }
  const active = parts.filter((part) => part > 0);
  return sumOf(active) / active.length;
}

describe('marginLoss', () => {
  it('is the formula', () =>
    checkLoss({ make: () => marginLoss(), rows, targets: labels, formula: (x) => formula(x, 0.2, () => 1.2) }));

  it.each<[string, MarginLossOptions]>([
    ['one boundary', { beta: 1.5, nu: 0.3 }],
    ['a boundary for each class', { beta: [1.4, 1.9, 1.1], nu: 0.3 }],
  ])('is the formula of %s that learns', (_, options) =>
    checkLoss({
      make: () => marginLoss({ ...options, margin: 0.4, learnable: true, learningRateScale: 5 }),
      rows,
      targets: labels,
      formula: (x, [beta]) => formula(x, 0.4, (c) => beta![beta!.length === 1 ? 0 : c]!) + 0.3 * sumOf(beta!),
    }),
  );

  it('has the numbers worked by hand', () => {
    // (0, 1, 2): 1 - 1 + 0.2 and 1 - 2 + 0.2; (1, 0, 2): 0.2 and 1 - 1 + 0.2.
    const line = [[0], [1], [2]];
    const terms = (options: MarginLossOptions) => termsOf(marginLoss({ beta: 1, ...options }), line, [0, 0, 1]);
    expect(terms({ reduction: 'none' })).toEqual([expect.closeTo(0.2, 6), expect.closeTo(0.4, 6)]);
    expect(terms({})[0]).toBeCloseTo(0.2, 6);
    expect(terms({ reduction: 'mean' })[0]).toBeCloseTo(0.3, 6);
    expect(terms({ reduction: 'none', nu: 2 })[2]).toBeCloseTo(2, 6);
  });

  it('says what its weights are, and what came', () => {
    const loss = marginLoss({ beta: [1, 2], learnable: true, learningRateScale: 5 });
    expect(loss.weights).toMatchObject([{ name: 'marginLoss/beta', learningRateScale: 5, decay: false }]);
    expect(() => termsOf(loss, [[0], [1]], [2, 2])).toThrow(expect.objectContaining({ code: 'UNKNOWN_LABEL' }));
    expect(() => termsOf(loss, [[0], [1]], { multiHot: [[1], [1]] })).toThrow(/labels/);
    loss.dispose();
    expect(marginLoss().weights).toEqual([]);
    expect(() => marginLoss({ beta: [] })).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });
});
