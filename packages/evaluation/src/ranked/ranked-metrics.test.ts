import { createRng, NearkinError } from '@nearkin/core';
import { describe, expect, it } from 'vitest';
import { rankedMetrics } from './ranked-metrics.js';
import type { TiePolicy } from './tie-policy.js';

describe('rankedMetrics', () => {
  it('gives the hand-computed value of every key', () => {
    // Hits at ranks 1, 3 and 6; R = 4.
    const { mean, cmc } = rankedMetrics({ relevance: [[1, 0, 1, 0, 0, 1]], relevantCounts: [4], k: [3, 5] });
    const dcg3 = 1 + 1 / Math.log2(4);
    const ideal3 = 1 + 1 / Math.log2(3) + 1 / Math.log2(4);
    const ideal5 = ideal3 + 1 / Math.log2(5);
    const expected = {
      'hitRate@3': 1,
      'hitRate@5': 1,
      'recall@3': 2 / 4,
      'recall@5': 2 / 4,
      'precision@3': 2 / 3,
      'precision@5': 2 / 5,
      'precisionMinDenominator@3': 2 / 3,
      'precisionMinDenominator@5': 2 / 4,
      'precisionCappedCutoff@3': 2 / 3,
      'precisionCappedCutoff@5': 2 / 4,
      'apRelevant@3': (1 + 2 / 3) / 4,
      'apRelevant@5': (1 + 2 / 3) / 4,
      'apMin@3': (1 + 2 / 3) / 3,
      'apMin@5': (1 + 2 / 3) / 4,
      'apRetrieved@3': (1 + 2 / 3) / 2,
      'apRetrieved@5': (1 + 2 / 3) / 2,
      'reciprocalRank@3': 1,
      'reciprocalRank@5': 1,
      'ndcg@3': dcg3 / ideal3,
      'ndcg@5': dcg3 / ideal5,
      averagePrecision: (1 + 2 / 3 + 3 / 6) / 4,
      reciprocalRank: 1,
      apAtR: (1 + 2 / 3) / 4,
      rPrecision: 2 / 4,
    };
    expect(Object.keys(mean)).toEqual(Object.keys(expected));
    for (const [key, value] of Object.entries(expected)) expect(mean[key], key).toBeCloseTo(value, 14);
    expect(cmc).toEqual([1, 1, 1, 1, 1]);
  });

  it('tells the two forms of precision at k > R apart', () => {
    const { mean } = rankedMetrics({ relevance: [[0, 0, 1, 1, 0]], relevantCounts: [2], k: 5 });
    expect(mean['precisionMinDenominator@5']).toBe(1);
    expect(mean['precisionCappedCutoff@5']).toBe(0);
  });

  it('gives the published mean of AP@3 over four queries of two classes with R = 10 and R = 3', () => {
    const labels = [1, 1, 1, 0];
    const { mean } = rankedMetrics({
      relevance: [
        [1, 1, 0],
        [1, 1, 1],
        [1, 0, 0],
        [0, 0, 1],
      ],
      relevantCounts: labels.map((label) => (label === 0 ? 10 : 3)),
      labels,
      k: 3,
    });
    expect(mean['apRelevant@3']).toBeCloseTo(0.50833333, 8);
    expect(mean['apMin@3']).toBeCloseTo((2 / 3 + 1 + 1 / 3 + 1 / 9) / 4, 14);
    expect(mean['apRetrieved@3']).toBeCloseTo((1 + 1 + 1 + 1 / 3) / 4, 14);
  });

  it('scores both gains against the ideal of all judged grades', () => {
    const query = { relevance: [[2, 0, 3]], judgedGrades: [[3, 3, 2, 0, 1]], k: 3 };
    const discounts = [1, 1 / Math.log2(3), 1 / 2];
    const linear = rankedMetrics(query).mean['ndcg@3'];
    expect(linear).toBeCloseTo((2 + 3 * 0.5) / (3 * discounts[0]! + 3 * discounts[1]! + 2 * discounts[2]!), 14);
    const exponential = rankedMetrics({ ...query, gain: 'exponential' }).mean['ndcg@3'];
    expect(exponential).toBeCloseTo((3 + 7 * 0.5) / (7 * discounts[0]! + 7 * discounts[1]! + 3 * discounts[2]!), 14);
    expect(rankedMetrics({ relevance: [[2, 0, 3]], k: 3 }).mean['ndcg@3']).toBeCloseTo(
      (2 + 1.5) / (3 + 2 * discounts[1]!),
      14,
    );
    expect(rankedMetrics({ relevance: [[2, 0, 3]], relevantCounts: [4], k: 3 }).mean['ndcg@3']).toBeNull();
  });

  it('leaves queries with nothing to find out of averages, or counts them as 0', () => {
    const lists = { relevance: [[1, 0], [0, 0], []], relevantCounts: [1, 0, 2], k: 2, labels: ['a', 'b', 'a'] };
    const skip = rankedMetrics(lists);
    expect(skip.undefinedQueries).toBe(1);
    expect(skip.perQuery?.['precision@2']).toEqual([0.5, null, 0]);
    expect(skip.mean['precision@2']).toBe(0.25);
    expect(skip.macro?.['precision@2']).toBe(0.25);
    expect(skip.perClass?.[1]).toMatchObject({ label: 'b', queries: 1, mean: { 'precision@2': null } });
    expect(skip.cmc).toEqual([0.5, 0.5]);
    const zero = rankedMetrics({ ...lists, undefined: 'zero' });
    expect(zero.mean['precision@2']).toBeCloseTo(0.5 / 3, 15);
    expect(zero.macro?.['precision@2']).toBe(0.125);
    expect(zero.cmc[0]).toBeCloseTo(1 / 3, 15);
  });

  it('gives null means for no queries and for nothing relevant anywhere', () => {
    for (const result of [
      rankedMetrics({ relevance: [], k: 1 }),
      rankedMetrics({ relevance: [[0, 0]], relevantCounts: [0], k: 1 }),
    ]) {
      expect(Object.values(result.mean).every((value) => value === null)).toBe(true);
      expect(result.cmc).toEqual([null]);
      expect(JSON.parse(JSON.stringify(result))).toEqual(result);
    }
  });

  it('weighs classes equally in the macro average', () => {
    const { mean, macro } = rankedMetrics({
      relevance: [[1], [1], [1], [0]],
      relevantCounts: [1, 1, 1, 1],
      labels: [7, 7, 7, 8],
      k: 1,
    });
    expect(mean['hitRate@1']).toBe(0.75);
    expect(macro?.['hitRate@1']).toBe(0.5);
  });

  it('sorts by score, and settles ties by index or by id bytes', () => {
    const lists = { relevance: [[0, 1, 0]], scores: [[0.5, 0.5, 0.9]], k: 3 };
    expect(rankedMetrics(lists).mean.reciprocalRank).toBeCloseTo(1 / 3, 15);
    expect(rankedMetrics({ ...lists, ids: [['a', 'b', 'c']], ties: 'trec' }).mean.reciprocalRank).toBe(0.5);
    expect(rankedMetrics({ ...lists, ids: [[30, 4, 1]] }).mean.reciprocalRank).toBe(0.5);
    // U+FF5E sorts before U+1F600 by bytes, after it by UTF-16 units.
    expect(rankedMetrics({ ...lists, ids: [['～', '😀', 'c']], ties: 'trec' }).mean.reciprocalRank).toBe(0.5);
  });

  it('takes flags, typed arrays and numeric ids', () => {
    const plain = rankedMetrics({ relevance: [[0, 1]], scores: [[1, 1]], ids: [['1', '9']], ties: 'trec', k: 1 });
    expect(
      rankedMetrics({
        relevance: [[false, true]],
        scores: [Float32Array.of(1, 1)],
        ids: [[1, 9]],
        ties: 'trec',
        k: Int32Array.of(1),
      }),
    ).toEqual(plain);
    expect(plain.mean['hitRate@1']).toBe(1);
  });

  it('refuses bad input by code', () => {
    const code = (run: () => unknown) => {
      try {
        run();
      } catch (error) {
        return error instanceof NearkinError ? error.code : error;
      }
      return 'no error';
    };
    expect(code(() => rankedMetrics({ relevance: [[1]], relevantCounts: [1, 2], k: 1 }))).toBe('INVALID_ARGUMENT');
    expect(code(() => rankedMetrics({ relevance: [[1]], scores: [[1, 2]], k: 1 }))).toBe('INVALID_ARGUMENT');
    expect(code(() => rankedMetrics({ relevance: [[1]], k: 0 }))).toBe('INVALID_ARGUMENT');
    expect(code(() => rankedMetrics({ relevance: [[1]], k: [] }))).toBe('INVALID_ARGUMENT');
    expect(code(() => rankedMetrics({ relevance: [[1, 1]], relevantCounts: [1], k: 1 }))).toBe('INVALID_ARGUMENT');
    expect(code(() => rankedMetrics({ relevance: [[1]], scores: [[Number.NaN]], k: 1 }))).toBe('NON_FINITE');
    expect(code(() => rankedMetrics({ relevance: [[Number.NaN]], k: 1 }))).toBe('NON_FINITE');
    expect(code(() => rankedMetrics({ relevance: [[1]], scores: [[1]], ties: 'trec', k: 1 }))).toBe('INVALID_ARGUMENT');
    expect(code(() => rankedMetrics({ relevance: [[1]], k: 1, ties: 'random' as TiePolicy }))).toBe('INVALID_ARGUMENT');
  });
});

describe('rankedMetrics under ties', () => {
  const rng = createRng(17);
  const cases = Array.from({ length: 40 }, (_, i) => {
    const length = 2 + rng.integer(5);
    const levels = 1 + rng.integer(3);
    const grades = Array.from({ length }, () => (i % 3 === 0 ? rng.integer(4) : rng.integer(2)));
    const scores = grades.map(() => rng.integer(levels));
    const hits = grades.filter((grade) => grade > 0).length;
    const extra = i % 3 === 0 ? 0 : rng.integer(3);
    return { grades, scores, relevant: hits + extra };
  });
  const ks = [1, 2, 3, 4, 6, 9];

  it('expected is the mean over all orders, optimistic the best and pessimistic the worst, for every key', () => {
    for (const { grades, scores, relevant } of cases) {
      const lists = { relevantCounts: [relevant], k: ks, gain: 'exponential' as const };
      const orders = permutations(grades.map((_, i) => i)).filter((order) =>
        order.every((item, r) => r === 0 || scores[order[r - 1]!]! >= scores[item]!),
      );
      const byOrder = orders.map((order) => rankedMetrics({ ...lists, relevance: [order.map((i) => grades[i]!)] }));
      const policy = (ties: TiePolicy) => rankedMetrics({ ...lists, relevance: [grades], scores: [scores], ties });
      const [expected, best, worst] = [policy('expected'), policy('optimistic'), policy('pessimistic')];
      for (const key of Object.keys(expected.mean)) {
        const values = byOrder.map(({ mean }) => mean[key]!);
        if (relevant === 0) {
          expect(expected.mean[key]).toBeNull();
          continue;
        }
        const name = `${key} of ${grades} at ${scores}, R ${relevant}`;
        expect(expected.mean[key], name).toBeCloseTo(values.reduce((a, b) => a + b) / values.length, 12);
        expect(best.mean[key], name).toBeCloseTo(Math.max(...values), 12);
        expect(worst.mean[key], name).toBeCloseTo(Math.min(...values), 12);
      }
      for (const curve of ['cmc', 'recallCurve', 'precisionCurve'] as const)
        expected[curve].forEach((value, r) => {
          if (value === null) return;
          expect(value).toBeCloseTo(byOrder.reduce((sum, result) => sum + result[curve][r]!, 0) / byOrder.length, 12);
        });
    }
  });

  it('expected, optimistic and pessimistic do not depend on the order of the input', () => {
    for (const { grades, scores, relevant } of cases) {
      const order = rng.shuffle(grades.map((_, i) => i));
      for (const ties of ['expected', 'optimistic', 'pessimistic'] as const) {
        const run = (indices: number[]) =>
          rankedMetrics({
            relevance: [indices.map((i) => grades[i]!)],
            scores: [indices.map((i) => scores[i]!)],
            relevantCounts: [relevant],
            k: ks,
            ties,
          });
        const [a, b] = [run(order), run(grades.map((_, i) => i))];
        for (const [key, value] of Object.entries(a.mean))
          value === null ? expect(b.mean[key]).toBeNull() : expect(b.mean[key]).toBeCloseTo(value, 13);
      }
    }
  });

  it('stays exact for long ties: all of 1000 results tied', () => {
    const relevance = [Array.from({ length: 1000 }, (_, i) => (i < 10 ? 1 : 0))];
    const scores = [new Float32Array(1000)];
    const { mean } = rankedMetrics({ relevance, scores, k: [1, 100], ties: 'expected' });
    expect(mean['hitRate@1']).toBeCloseTo(0.01, 14);
    expect(mean['precision@100']).toBeCloseTo(0.01, 14);
    let none = 1;
    for (let i = 0; i < 100; i++) none *= (990 - i) / (1000 - i);
    expect(mean['hitRate@100']).toBeCloseTo(1 - none, 12);
    expect(mean.rPrecision).toBeCloseTo(0.01, 14);
  });

  it('grows with k where it must', () => {
    for (let round = 0; round < 30; round++) {
      const length = 5 + rng.integer(30);
      const relevance = [Array.from({ length }, () => rng.integer(2)), [1]];
      const scores = [Array.from({ length }, () => rng.integer(4)), [0]];
      const all = Array.from({ length: length + 3 }, (_, i) => i + 1);
      const { mean, cmc } = rankedMetrics({ relevance, scores, k: all, ties: 'expected' });
      for (const name of ['hitRate', 'recall', 'apRelevant', 'reciprocalRank'])
        for (let k = 2; k <= length + 3; k++)
          expect(mean[`${name}@${k}`]! - mean[`${name}@${k - 1}`]!).toBeGreaterThan(-1e-12);
      cmc.forEach((value, i) => {
        expect(value).toBeCloseTo(mean[`hitRate@${i + 1}`]!, 13);
      });
    }
  });
});

function permutations(items: readonly number[]): number[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item, i) => permutations(items.toSpliced(i, 1)).map((rest) => [item, ...rest]));
}
