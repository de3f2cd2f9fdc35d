import type { Classification } from '@nearkin/core';
import { expect, test } from 'vitest';
import { type ClassifierSample, evaluateClassifier } from './evaluate-classifier.js';

function answers(labels: readonly string[], options: { unknown?: boolean; score?: number } = {}): Classification[] {
  const { unknown = false, score = 0.9 } = options;
  return labels.map((label, i) => ({ label, score: score - i / 10, nearestId: `${label}/1`, unknown }));
}

function sample(id: string, label: string, predictions: Classification[]): ClassifierSample {
  return { id, label, predictions };
}

const labels = ['a', 'b', 'c', 'd', 'e', 'f'];
const samples = [
  sample('1', 'a', answers(['a', 'b', 'c', 'd', 'e'])),
  sample('2', 'a', answers(['b', 'a', 'c', 'd', 'e'])),
  sample('3', 'a', answers(['b', 'c', 'd', 'e', 'a'])),
  sample('4', 'b', answers(['b', 'a', 'c', 'd', 'e'])),
  sample('5', 'f', answers(['a', 'b', 'c', 'd', 'e'])),
  sample('6', 'c', answers(['c', 'a', 'b', 'd', 'e'], { unknown: true })),
];

test('counts by hand', () => {
  const result = evaluateClassifier(samples, { labels });
  expect(result.top1).toMatchObject({ correct: 2, total: 6, value: 2 / 6 });
  expect(result.top5).toMatchObject({ correct: 4, total: 6 });
  // Wilson for 2 of 6: (2 + z²/2 ± z sqrt(2·4/6 + z²/4)) / (6 + z²), worked by hand.
  expect(result.top1.low).toBeCloseTo(0.0968, 4);
  expect(result.top1.high).toBeCloseTo(0.7, 4);
  expect(result.macroTop1).toBeCloseTo((1 / 3 + 1 + 0 + 0) / 4, 12);
  expect(result.perClass).toMatchObject([
    { label: 'a', total: 3, correct: 1, value: 1 / 3, predicted: 2, precision: 1 / 2, rejected: 0 },
    { label: 'b', total: 1, correct: 1, value: 1, predicted: 3, precision: 1 / 3, rejected: 0 },
    { label: 'f', total: 1, correct: 0, value: 0, predicted: 0, precision: null, rejected: 0 },
    { label: 'c', total: 1, correct: 0, value: 0, predicted: 0, precision: null, rejected: 1 },
  ]);
  expect(result.confusion).toEqual([
    { expected: 'a', predicted: 'b', count: 2, examples: ['2', '3'] },
    { expected: 'f', predicted: 'a', count: 1, examples: ['5'] },
    { expected: 'c', predicted: null, count: 1, examples: ['6'] },
  ]);
  expect(result.unknown).toEqual({
    rejected: 1,
    rejectedRight: 1,
    rejectedWrong: 0,
    outside: 0,
    outsideRejected: 0,
  });
  expect(result.neverPredicted).toEqual(['d', 'e', 'f']);
  expect(result.untested).toEqual(['d', 'e']);
  expect(result.samples[2]).toEqual({
    id: '3',
    label: 'a',
    predicted: 'b',
    score: 0.9,
    nearestId: 'b/1',
    rejected: false,
    correct: false,
    rank: 5,
  });
});

test('mistakes of all pairs and right answers add up to the samples', () => {
  const result = evaluateClassifier(samples, { labels });
  const wrong = result.confusion.reduce((sum, pair) => sum + pair.count, 0);
  expect(wrong + result.top1.correct).toBe(samples.length);
  expect(result.perClass.reduce((sum, entry) => sum + entry.total, 0)).toBe(samples.length);
});

test('survives JSON unchanged', () => {
  const result = evaluateClassifier(samples, { labels });
  expect(JSON.parse(JSON.stringify(result))).toEqual(result);
});

test('labels and ids may be names of built-in properties', () => {
  const hostile = ['__proto__', 'constructor', 'toString'];
  const result = evaluateClassifier(
    hostile.map((label) => sample(label, label, answers(['__proto__', 'constructor', 'toString']))),
    { labels: hostile },
  );
  expect(result.top1.correct).toBe(1);
  expect(result.perClass.map((entry) => [entry.label, entry.correct])).toEqual([
    ['__proto__', 1],
    ['constructor', 0],
    ['toString', 0],
  ]);
  expect(result.confusion).toEqual([
    { expected: 'constructor', predicted: '__proto__', count: 1, examples: ['constructor'] },
    { expected: 'toString', predicted: '__proto__', count: 1, examples: ['toString'] },
  ]);
  expect(result.neverPredicted).toEqual(['constructor', 'toString']);
});

test('samples of classes the classifier does not know can only be wrong, and are named', () => {
  const outside = [
    sample('x', 'zebra', answers(labels.slice(0, 5), { unknown: true })),
    sample('y', 'zebra', answers(labels.slice(0, 5))),
    sample('z', 'a', answers(['b', 'a', 'c', 'd', 'e'], { unknown: true })),
  ];
  const result = evaluateClassifier(outside, { labels });
  expect(result.top1.correct).toBe(0);
  expect(result.unknownLabels).toEqual(['zebra']);
  expect(result.unknown).toEqual({
    rejected: 2,
    rejectedRight: 0,
    rejectedWrong: 1,
    outside: 2,
    outsideRejected: 1,
  });
  expect(() => evaluateClassifier(outside, { labels, unknownLabels: 'error' })).toThrow(
    expect.objectContaining({ code: 'UNKNOWN_LABEL', details: { labels: ['zebra'] } }),
  );
});

test('top 5 is not claimed from fewer answers, unless there are no more classes', () => {
  expect(evaluateClassifier([sample('1', 'a', answers(['a', 'b', 'c']))], { labels }).top5).toBeNull();
  expect(evaluateClassifier([sample('1', 'b', answers(['a', 'b']))], { labels: ['a', 'b'] }).top5?.correct).toBe(1);
});

test('keeps as many examples of a pair as asked for, and counts all', () => {
  const many = Array.from({ length: 20 }, (_, i) => sample(`${i}`, 'b', answers(['a'])));
  const [pair] = evaluateClassifier(many, { examplesPerPair: 3 }).confusion;
  expect(pair).toEqual({ expected: 'b', predicted: 'a', count: 20, examples: ['0', '1', '2'] });
});

test.each([
  ['no samples', [], 'INVALID_ARGUMENT'],
  ['a sample without answers', [sample('1', 'a', [])], 'INVALID_ARGUMENT'],
  ['a label answered twice', [sample('1', 'a', answers(['a', 'a']))], 'INVALID_ARGUMENT'],
  ['an id twice', [sample('1', 'a', answers(['a'])), sample('1', 'b', answers(['a']))], 'DUPLICATE_ID'],
  ['a score that is not a number', [sample('1', 'a', answers(['a'], { score: Number.NaN }))], 'NON_FINITE'],
])('refuses %s', (_, bad, code) => {
  expect(() => evaluateClassifier(bad)).toThrow(expect.objectContaining({ code }));
});
