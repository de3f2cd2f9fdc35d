import { describe, expect, it } from 'vitest';
import { annRecall } from './ann-recall.js';

describe('annRecall', () => {
  it('counts ids, whatever their order', () => {
    const result = annRecall({
      returned: [[3, 2, 9], [4]],
      exact: [
        [1, 2, 3],
        [4, 5, 6],
      ],
    });
    expect(result).toEqual({
      k: 3,
      recall: 0.5,
      perQuery: [2 / 3, 1 / 3],
      distanceRecall: null,
      distancePerQuery: null,
    });
    expect(annRecall({ returned: [['b', 'a']], exact: [['a', 'b']], k: 1 }).recall).toBe(0);
  });

  it('counts what is as near as the k-th exact neighbour', () => {
    const lists = {
      returned: [[7, 8, 9]],
      exact: [[1, 2, 3]],
      returnedDistances: [[0.5, 1.0005, 1.2]],
      exactDistances: [[0.1, 0.5, 1]],
    };
    const result = annRecall(lists);
    expect([result.recall, result.distanceRecall]).toEqual([0, 2 / 3]);
    expect(annRecall({ ...lists, epsilon: 0 }).distanceRecall).toBe(1 / 3);
    expect(annRecall({ ...lists, k: 2 }).distanceRecall).toBe(1 / 2);
  });

  it('counts an item once, and lists shorter than k by what there is', () => {
    const twice = { returned: [[1, 1]], exact: [[1, 2]], returnedDistances: [[0, 0]], exactDistances: [[0, 1]] };
    expect(annRecall(twice)).toMatchObject({ recall: 0.5, distanceRecall: 0.5 });
    expect(annRecall({ returned: [[1, 2]], exact: [[1, 2]], k: 10 }).recall).toBe(1);
    expect(annRecall({ returned: [[], [1]], exact: [[], [1]], k: 1 })).toMatchObject({
      recall: 1,
      perQuery: [null, 1],
    });
    expect(annRecall({ returned: [], exact: [] }).recall).toBeNull();
  });

  it('refuses bad input', () => {
    expect(() => annRecall({ returned: [], exact: [[1]] })).toThrow('same length');
    expect(() => annRecall({ returned: [[1]], exact: [[1]], k: 0 })).toThrow('k');
    expect(() => annRecall({ returned: [[1]], exact: [[1]], returnedDistances: [[]], exactDistances: [[1]] })).toThrow(
      'same length',
    );
  });
});
