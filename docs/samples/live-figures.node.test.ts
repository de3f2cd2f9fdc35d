import { describe, expect, it } from 'vitest';
import {
  chooseWord,
  createAnisotropicModel,
  errorsOf,
  lossOf,
  type Vector,
} from '../.vitepress/theme/figures/anisotropic-model.js';
import type { Point } from '../.vitepress/theme/figures/partition-cells.js';
import { board, count, createPartitionModel, k, partitions } from '../.vitepress/theme/figures/partition-model.js';

describe('the figure of partitions', () => {
  const model = createPartitionModel();
  const distance = ([x, y]: Point, [u, v]: Point) => Math.hypot(x - u, y - v);

  it('draws the cells that the index has', async () => {
    const { points, cells } = await model;
    expect(cells).toHaveLength(partitions);
    expect(cells.flatMap(({ rows }) => rows).sort((a, b) => a - b)).toEqual(points.map((_, row) => row));
    let area = 0;
    for (const { centre, rows, outline } of cells) {
      for (const row of rows) {
        const own = distance(points[row]!, centre);
        const least = Math.min(...cells.map((other) => distance(points[row]!, other.centre)));
        if (own > least + 1e-6) expect.fail(`row ${row} lies in a cell that is not the nearest`);
      }
      for (const corner of outline) {
        const nearest = Math.min(...cells.map((other) => distance(corner, other.centre)));
        expect(distance(corner, centre)).toBeCloseTo(nearest, 6);
      }
      const next = (i: number) => outline[(i + 1) % outline.length]!;
      area += outline.reduce((sum, [x, y], i) => sum + (x * next(i)[1] - next(i)[0] * y) / 2, 0);
    }
    expect(area).toBeCloseTo(board.width * board.height, 6);
  });

  it('counts what a search looks at', async () => {
    const { points, questions, ask, index } = await model;
    for (const question of questions.slice(0, 20)) {
      const brute = points
        .map((_, row) => row)
        .sort((a, b) => distance(points[a]!, question) - distance(points[b]!, question));
      for (const partitionsToSearch of [1, 2, 5, 13, partitions]) {
        const { looked, found, missed } = ask(question, { partitionsToSearch, reorder: true });
        // The searcher gives all rows of its partitions when asked for as many as they have; one more, and it has to go on.
        const rows = (k: number) => index.search(question, { k, partitionsToSearch }).map(({ id }) => Number(id));
        expect(new Set(rows(looked.length))).toEqual(new Set(looked));
        if (looked.length < count) expect(rows(looked.length + 1)).toHaveLength(looked.length + 1);
        expect(found.every((row) => looked.includes(row))).toBe(true);
        expect(new Set([...missed, ...found.filter((row) => brute.indexOf(row) < k)])).toEqual(
          new Set(brute.slice(0, k)),
        );
      }
    }
  });

  it('shows that partitions help until codes are the limit', async () => {
    const { effort } = await model;
    const recall = (partitionsToSearch: number, reorder: boolean) => effort({ partitionsToSearch, reorder }).recall;
    expect(recall(4, true)).toBeGreaterThan(recall(1, true));
    expect(recall(partitions, true)).toBeGreaterThan(0.98);
    expect(recall(partitions, false)).toBeLessThan(recall(partitions, true) - 0.05);
    expect(effort({ partitionsToSearch: partitions, reorder: true }).looked).toBe(count);
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
