import { createRng } from '@nearkin/core';
import { expect, test } from 'vitest';
import { evaluateClassifier } from '../classifier/evaluate-classifier.js';
import { compareRuns } from './compare-runs.js';

const ids = ['1', '2', '3', '4', '5', '6'];
const big = { name: 'big', ids, perQuery: { apAtR: [0.9, 0.8, 0.9, 0.7, 0.6, 0.8] } };
const small = { name: 'small', ids, perQuery: { apAtR: [0.5, 0.6, 0.8, 0.5, 0.3, 0.7] } };

test('a case worked by hand: six of six wins', () => {
  const comparison = compareRuns(big, small);
  expect(comparison).toMatchObject({ queries: 6, onlyInA: 0, onlyInB: 0, verdict: 'a' });
  expect(comparison.metrics[0]).toMatchObject({ wins: 6, losses: 0, draws: 0, test: 'permutation' });
  // All 2^6 signs: only all plus and all minus are as extreme.
  expect(comparison.metrics[0]!.pValue).toBeCloseTo(2 / 64, 12);
  expect(comparison.metrics[0]!.difference).toBeCloseTo((0.4 + 0.2 + 0.1 + 0.2 + 0.3 + 0.1) / 6, 12);
  expect(comparison.conclusion).toMatch(/^big beats small: in apAtR it is 21\.7 points ahead \(95 % interval /);
});

test('turned around, it says the same of the other', () => {
  const [there, back] = [compareRuns(big, small), compareRuns(small, big)];
  expect(back.verdict).toBe('b');
  expect(back.conclusion).toMatch(/^big beats small: in apAtR it is 21\.7 points ahead \(95 % interval [\d.]+ to/);
  expect(back.metrics[0]!.difference).toBeCloseTo(-there.metrics[0]!.difference!, 12);
  expect(back.metrics[0]!.pValue).toBe(there.metrics[0]!.pValue);
});

test('queries are matched by id, whatever their order; those in one run only are left out', () => {
  const order = [3, 0, 5, 1, 4, 2];
  const shuffled = {
    name: 'small',
    ids: [...order.map((i) => ids[i]!), 'only here'],
    perQuery: { apAtR: [...order.map((i) => small.perQuery.apAtR[i]!), 0] },
  };
  const comparison = compareRuns(big, shuffled);
  expect(comparison).toMatchObject({ queries: 6, onlyInA: 0, onlyInB: 1 });
  expect(comparison.metrics).toEqual(compareRuns(big, small).metrics);
});

test('noise alone is not decided, and the words say so', () => {
  const rng = createRng(4);
  const noise = () => Array.from({ length: 60 }, () => rng.uniform());
  const names = noise().map((_, i) => `${i}`);
  const comparison = compareRuns({ ids: names, perQuery: { m: noise() } }, { ids: names, perQuery: { m: noise() } });
  const [entry] = comparison.metrics;
  expect(comparison.verdict).toBe('undecided');
  expect(entry!.low!).toBeLessThan(0);
  expect(entry!.high!).toBeGreaterThan(0);
  expect(comparison.conclusion).toMatch(/^No telling which of A and B is better from 60 queries: in m [AB] is /);
});

test('right and wrong answers of classifiers: exact McNemar', () => {
  const evaluate = (right: (i: number) => boolean) =>
    evaluateClassifier(
      Array.from({ length: 20 }, (_, i) => ({
        id: `${i}`,
        label: 'x',
        predictions: [{ label: right(i) ? 'x' : 'y', score: 1, nearestId: '', unknown: false }],
      })),
      { labels: ['x', 'y', 'z', 'u', 'v', 'w'] },
    );
  const comparison = compareRuns(
    { name: 'new', classifier: evaluate((i) => i !== 0) },
    { name: 'old', classifier: evaluate((i) => i < 12 && i !== 1) },
  );
  // 9 pairs favour the new one, 1 (query 0) the old: 2 · (C(10,9) + C(10,10)) / 2^10.
  expect(comparison.metrics).toHaveLength(1);
  expect(comparison.metrics[0]).toMatchObject({ metric: 'top1', test: 'mcnemar', wins: 9, losses: 1, draws: 10 });
  expect(comparison.metrics[0]!.pValue).toBeCloseTo((2 * 11) / 1024, 12);
});

test('several metrics are adjusted together by Holm', () => {
  const perQuery = (offset: number) => ({
    p: [9, 8, 9, 7, 6, 8, 9, 7].map((value) => value / 10 + offset),
    q: [5, 1, 3, 5, 2, 4, 4, 3].map((value, i) => value / 10 + (i % 2 ? offset : -offset)),
  });
  const names = ['1', '2', '3', '4', '5', '6', '7', '8'];
  const comparison = compareRuns({ ids: names, perQuery: perQuery(0.05) }, { ids: names, perQuery: perQuery(0) });
  const [p, q] = comparison.metrics;
  expect([p!.pValue, q!.pValue]).toEqual([2 / 256, 1]);
  expect([p!.adjustedPValue, q!.adjustedPValue]).toEqual([4 / 256, 1]);
  expect([p!.verdict, q!.verdict]).toEqual(['a', 'undecided']);
  expect(comparison.conclusion).toContain('In 1 of 2 metrics the difference is within chance.');
});

test('runs that disagree are called mixed', () => {
  const names = Array.from({ length: 10 }, (_, i) => `${i}`);
  const constant = (value: number) => names.map(() => value);
  const comparison = compareRuns(
    { ids: names, perQuery: { p: constant(0.9), q: constant(0.1) } },
    { ids: names, perQuery: { p: constant(0.5), q: constant(0.3) } },
  );
  expect(comparison.verdict).toBe('mixed');
  expect(comparison.conclusion).toBe('Neither is better throughout: A is better in p, B in q.');
});

test('the same run twice, and values undefined in one, decide nothing', () => {
  expect(compareRuns(big, big)).toMatchObject({
    verdict: 'undecided',
    metrics: [{ pValue: 1, difference: 0, low: 0, high: 0 }],
  });
  const empty = { ids, perQuery: { apAtR: ids.map(() => null) } };
  expect(compareRuns(big, empty).metrics[0]).toMatchObject({ queries: 0, a: null, pValue: null, verdict: 'undecided' });
  expect(compareRuns(big, empty).conclusion).toContain('apAtR has no value in both');
});

test('by default compares by the main metrics alone', () => {
  const perQuery = { 'recall@1': [1, 0], apAtR: [1, 0], 'hitRate@1': [1, 1] };
  const run = { ids: ['1', '2'], perQuery };
  expect(compareRuns(run, run).metrics.map((entry) => entry.metric)).toEqual(['hitRate@1', 'apAtR']);
  expect(compareRuns(run, run, { metrics: ['recall@1'] }).metrics.map((entry) => entry.metric)).toEqual(['recall@1']);
});

test.each([
  ['no common query', { ids: ['x'], perQuery: { apAtR: [1] } }, {}, 'INVALID_ARGUMENT'],
  ['no common metric', { ids, perQuery: { other: ids.map(() => 1) } }, {}, 'INVALID_ARGUMENT'],
  ['an unknown metric', big, { metrics: ['nDCG'] }, 'INVALID_ARGUMENT'],
  ['fewer values than ids', { ids, perQuery: { apAtR: [1] } }, {}, 'INVALID_ARGUMENT'],
  ['an id twice', { ids: ['1', '1'], perQuery: { apAtR: [1, 1] } }, {}, 'DUPLICATE_ID'],
  ['a value that is no number', { ids, perQuery: { apAtR: ids.map(() => Number.NaN) } }, {}, 'NON_FINITE'],
  ['a level of 5', big, { level: 5 }, 'INVALID_ARGUMENT'],
])('refuses %s', (_, other, options, code) => {
  expect(() => compareRuns(big, other, options)).toThrow(expect.objectContaining({ code }));
});
