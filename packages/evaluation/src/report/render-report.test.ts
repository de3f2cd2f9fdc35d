import type { Classification } from '@nearkin/core';
import { createVectors } from '@nearkin/core';
import { expect, test } from 'vitest';
import { type ClassifierSample, evaluateClassifier } from '../classifier/evaluate-classifier.js';
import { fewShotEpisodes } from '../few-shot/few-shot-episodes.js';
import { evaluateRetrieval } from '../retrieval/evaluate-retrieval.js';
import { renderReport } from './render-report.js';

const pixel = 'data:image/gif;base64,R0lGODlhAQABAIAAAP///wAAACH5BAAAAAAALAAAAAABAAEAAAICRAEAOw==';

function answers(...labels: string[]): Classification[] {
  return labels.map((label, i) => ({ label, score: 0.9 - i / 10, nearestId: `${label}/1`, unknown: false }));
}

const samples: ClassifierSample[] = [
  { id: 'q1', label: 'cat', predictions: answers('cat', 'dog', 'cow') },
  { id: 'q2', label: 'cat', predictions: answers('dog', 'cat', 'cow') },
  { id: 'q3', label: 'dog', predictions: answers('dog', 'cow', 'cat') },
];

function headings(page: string): string[] {
  return [...page.matchAll(/<h2[^>]*>([^<]*)<\/h2>/g)].map((match) => match[1]!);
}

test('sections appear when there is something for them', () => {
  expect(headings(renderReport({ title: 'T', classifier: evaluateClassifier(samples) }))).toEqual([
    'Metrics',
    'Confused pairs',
    'Worst mistakes',
    'Classes',
    'Answers in the top k',
    'Scores',
  ]);
  const allRight = evaluateClassifier([{ id: 'q', label: 'cat', predictions: answers('cat', 'dog') }]);
  expect(headings(renderReport({ title: 'T', classifier: allRight }))).toEqual(['Metrics', 'Classes', 'Scores']);
  expect(headings(renderReport({ title: 'T', metrics: [{ name: 'F1', value: 0.5 }] }))).toEqual(['Metrics']);
});

test('the figures are those of the evaluation', () => {
  const page = renderReport({ title: 'T', classifier: evaluateClassifier(samples), threshold: 0.75 });
  expect(page).toContain('<strong>66.7\u00a0%</strong>');
  expect(page).toContain('2 of 3 pictures');
  // Top 2 holds every true class but that of no sample.
  expect(page).toMatch(/<th scope="row">2<\/th><td>100\.0\u00a0%<\/td>/);
});

test('a picture is stored once, a missing one shows a placeholder', () => {
  const page = renderReport({
    title: 'T',
    classifier: evaluateClassifier(samples),
    pictures: { queries: new Map([['q2', pixel]]), gallery: new Map() },
  });
  expect(page.split(pixel)).toHaveLength(2);
  expect(page.split('href="#picture-0"').length).toBeGreaterThan(2);
  expect(page).toContain('Decided: dog/1 (no picture)');
});

test('names cannot become markup', () => {
  const hostile = `</script><img src=x onerror=alert(1)>"'`;
  const evaluation = evaluateClassifier([
    { id: hostile, label: hostile, predictions: [{ ...answers('x')[0]!, nearestId: hostile }] },
  ]);
  const page = renderReport({
    title: hostile,
    description: hostile,
    facts: [[hostile, hostile]],
    classifier: evaluation,
    maps: [
      { method: hostile, coordinates: createVectors(Float32Array.of(1, 2), 2), ids: [hostile], labels: [hostile] },
    ],
  });
  expect(page).not.toContain('<img');
  expect(page.match(/<script/g)).toHaveLength(1);
  expect(page.match(/<\/script/g)).toHaveLength(1);
});

test('labels may be names of built-in properties', () => {
  const page = renderReport({
    title: 'T',
    classifier: evaluateClassifier([{ id: '__proto__', label: '__proto__', predictions: answers('constructor') }]),
  });
  expect(page).toContain('<bdi>__proto__</bdi>');
  expect(page).toContain('<bdi>constructor</bdi>');
});

test('retrieval: the worst query first, beside its neighbours', async () => {
  const queries = {
    vectors: createVectors(Float32Array.of(1, 0, 0.99, 0.1, 0.9, 0.3, 0, 1, 0.5, 0.5), 2),
    ids: ['a1', 'a2', 'b-stray', 'b1', 'b2'],
    labels: ['a', 'a', 'b', 'b', 'b'],
  };
  const metrics = await evaluateRetrieval({ queries, k: [1, 3], neighbors: 3 });
  const page = renderReport({ title: 'T', retrieval: { metrics, queries } });
  expect(headings(page)).toEqual([
    'Metrics',
    'Confused pairs',
    'Worst queries',
    'Classes',
    'Found in the first k',
    'Scores',
  ]);
  const ids = [...page.matchAll(/class="id"><bdi>([^<]*)<\/bdi><\/small>/g)].map((match) => match[1]);
  expect(ids[0]).toBe('b-stray');
  expect(page).toContain('Another class: a2');
  expect(() => renderReport({ title: 'T', retrieval: { metrics, queries: { ...queries, ids: ['a1'] } } })).toThrow(
    expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
  );
});

test('what is left out is said', () => {
  const many = Array.from({ length: 30 }, (_, i) => ({ id: `${i}`, label: `l${i}`, predictions: answers('x') }));
  const page = renderReport({ title: 'T', classifier: evaluateClassifier(many) }, { limit: 20 });
  expect(page).toContain('10 more mistakes not shown.');
  expect(page).toContain('10 rarer pairs not shown.');
});

test('few-shot episodes are lines of the metric table', async () => {
  const labels = ['a', 'a', 'a', 'b', 'b', 'b'];
  const vectors = createVectors(Float32Array.of(1, 0, 1, 0.1, 1, 0.2, 0, 1, 0.1, 1, 0.2, 1), 2);
  const gallery = { vectors, labels };
  const episodes = await fewShotEpisodes({ gallery, ways: 2, shots: 1, queriesPerClass: 2, episodes: 9 });
  const page = renderReport({ title: 'T', episodes: [episodes] });
  expect(page).toContain('<th scope="row">2-way 1-shot, max</th>');
  expect(page).toContain('9 episodes');
});

test('a hundred thousand samples are reported', () => {
  const lots = Array.from({ length: 130_000 }, (_, i) => ({
    id: `${i}`,
    label: `class ${i % 3000}`,
    predictions: answers(`class ${i % 2999}`, 'x', 'y'),
  }));
  const page = renderReport({ title: 'T', classifier: evaluateClassifier(lots) });
  expect(page).toContain('2,800 better classes not shown.');
  expect(page.length).toBeLessThan(2_000_000);
});

test('refuses nothing to show, pictures it would have to fetch, and lists that disagree', () => {
  const refused = expect.objectContaining({ code: 'INVALID_ARGUMENT' });
  expect(() => renderReport({ title: 'T' })).toThrow(refused);
  for (const url of ['https://example.com/a.png', 'data:text/html,<p>', ''])
    expect(() =>
      renderReport({
        title: 'T',
        classifier: evaluateClassifier(samples),
        pictures: { queries: new Map([['q2', url]]) },
      }),
    ).toThrow(refused);
  const coordinates = createVectors(Float32Array.of(1, 2), 2);
  expect(() =>
    renderReport({ title: 'T', maps: [{ method: 'PCA', coordinates, ids: ['a', 'b'], labels: ['x'] }] }),
  ).toThrow(refused);
});
