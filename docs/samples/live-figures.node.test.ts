import { describe, expect, it } from 'vitest';
import {
  chooseWord,
  createAnisotropicModel,
  errorsOf,
  lossOf,
  type Vector,
} from '../.vitepress/theme/figures/anisotropic-model.js';
import { createPartitionModel, k, partitions } from '../.vitepress/theme/figures/partition-model.js';

describe('the figure of partitions', () => {
  it('tells what a search looks at from what it does not', async () => {
    const model = await createPartitionModel();
    const [question] = model.questions;
    const distance = (row: number) =>
      Math.hypot(model.points[row]![0] - question![0], model.points[row]![1] - question![1]);
    const brute = model.points.map((_, row) => row).sort((a, b) => distance(a) - distance(b));
    let before: readonly number[] = [];
    for (const partitionsToSearch of [1, 3, 10, partitions]) {
      const { looked, found, missed } = model.ask(question!, { partitionsToSearch, reorder: true });
      expect(new Set(looked)).toHaveLength(looked.length);
      expect(before.every((row) => looked.includes(row))).toBe(true);
      expect(found.every((row) => looked.includes(row))).toBe(true);
      expect(new Set([...missed, ...found.filter((row) => brute.indexOf(row) < k)])).toEqual(
        new Set(brute.slice(0, k)),
      );
      before = looked;
    }
    expect(before).toHaveLength(model.points.length);
  });

  it('shows that partitions help until codes are the limit', async () => {
    const model = await createPartitionModel();
    const recall = (partitionsToSearch: number, reorder: boolean) => model.recall({ partitionsToSearch, reorder });
    expect(recall(4, true)).toBeGreaterThan(recall(1, true));
    expect(recall(partitions, true)).toBeGreaterThan(0.98);
    expect(recall(partitions, false)).toBeLessThan(recall(partitions, true) - 0.05);
  });
});

describe('the figure of anisotropic quantisation', () => {
  const row: Vector = [3, 4];

  it('splits errors into along and across', () => {
    expect(errorsOf(row, [3, 4])).toEqual({ along: 0, across: 0 });
    expect(errorsOf(row, [6, 8]).along).toBeCloseTo(5);
    expect(errorsOf(row, [6, 8]).across).toBeCloseTo(0);
    expect(errorsOf(row, [-1, 7]).along).toBeCloseTo(0);
    expect(lossOf(row, [-1, 7], 4)).toBeCloseTo(25);
    expect(lossOf(row, [6, 8], 4)).toBeCloseTo(100);
    expect(
      chooseWord(
        row,
        [
          [3.8, 4.8],
          [1.4, 5.2],
        ],
        1,
      ),
    ).toEqual([3.8, 4.8]);
    expect(
      chooseWord(
        row,
        [
          [3.8, 4.8],
          [1.4, 5.2],
        ],
        9,
      ),
    ).toEqual([1.4, 5.2]);
  });

  it('shows that scores are less wrong', () => {
    const model = createAnisotropicModel();
    expect(model.weight(0.2)).toBeCloseTo(4.125);
    expect(model.scoreError(model.weight(0.2))).toBeLessThan(model.scoreError(1));
  });
});
