import { describe, expect, it } from 'vitest';
import { revisitedMetrics } from './revisited-metrics.js';

describe('revisitedMetrics', () => {
  it('gives the hand-computed figures of all three protocols', () => {
    // The list: junk 9, hard 3, easy 1, other 7, easy 2, hard 4; hard 5 is not retrieved.
    const { easy, medium, hard } = revisitedMetrics({
      rankings: [[9, 3, 1, 7, 2, 4]],
      groundTruth: [{ easy: [1, 2], hard: [3, 4, 5], junk: [9] }],
      k: [1, 5],
    });
    // Easy: 1, 7, 2 are left. Ranks 0 and 2: (1 + 1)/2 and (1/2 + 2/3)/2, over 2.
    expect(easy.mean['mAP']).toBeCloseTo((1 + (1 / 2 + 2 / 3) / 2) / 2, 14);
    // P@5 is cut at the last positive, rank 3: 2 of 3.
    expect(easy.perQuery).toEqual({ AP: [easy.mean['mAP']], 'P@1': [1], 'P@5': [2 / 3] });
    // Medium: 3, 1, 7, 2, 4 are left. Ranks 0, 1, 3, 4 of 5 positives.
    const medium5 = (1 + 1 + (2 / 3 + 3 / 4) / 2 + (3 / 4 + 4 / 5) / 2) / 5;
    expect(medium.mean['mAP']).toBeCloseTo(medium5, 14);
    expect(medium.mean['mP@5']).toBeCloseTo(4 / 5, 14);
    // Hard: 3, 7, 4 are left.
    expect(hard.mean['mAP']).toBeCloseTo((1 + (1 / 2 + 2 / 3) / 2) / 3, 14);
  });

  it('leaves out queries without positives and scores 0 where none is found', () => {
    const { easy, hard } = revisitedMetrics({
      rankings: [[0, 1], [5], []],
      groundTruth: [{ easy: [0], hard: [], junk: [] }, { easy: [1], hard: [], junk: [5] }, { easy: [2] }],
      k: 1,
    });
    expect(easy).toEqual({
      mean: { mAP: 1 / 3, 'mP@1': 1 / 3 },
      perQuery: { AP: [1, 0, 0], 'P@1': [1, 0, 0] },
      queries: 3,
    });
    expect(hard).toEqual({
      mean: { mAP: null, 'mP@1': null },
      perQuery: { AP: [null, null, null], 'P@1': [null, null, null] },
      queries: 0,
    });
  });

  it('refuses bad input', () => {
    const groundTruth = [{ easy: [0], hard: [], junk: [] }];
    expect(() => revisitedMetrics({ rankings: [], groundTruth })).toThrow('each of 1');
    expect(() => revisitedMetrics({ rankings: [[0, 0]], groundTruth })).toThrow('twice');
    expect(() => revisitedMetrics({ rankings: [[0]], groundTruth, k: 0 })).toThrow('k');
  });
});
