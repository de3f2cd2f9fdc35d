import { createVectors, vectorAt } from '@nearkin/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { toyGallery, vectorEmbedder } from '../../test/toy-gallery.js';
import { useBackend } from '../../test/use-backend.js';
import type { Aggregation } from '../matching/aggregation.js';
import { buildClassifier } from './build-classifier.js';

const labels = ['pear', '__proto__', 'constructor', '', 'ananas\nüñ', 'fig'];
const gallery = toyGallery({ labels, sizes: [1, 2, 3, 5, 4, 9] });
const queries = toyGallery({ labels, sizes: [4], seed: 1, spread: 0.9 }).vectors;

/** The definitions, row by row, in double precision. */
function reference(query: Float32Array, aggregation: Aggregation, m: number, temperature: number) {
  const unit = (v: Float32Array) => Array.from(v, (x) => x / Math.hypot(...v));
  const dot = (a: number[], b: number[]) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
  const q = unit(query);
  const rows = gallery.ids.map((id, row) => ({
    id,
    label: gallery.labels[row]!,
    unit: unit(vectorAt(gallery.vectors, row)),
  }));
  const all = rows.reduce((sum, row) => sum + Math.exp(dot(q, row.unit) / temperature), 0);
  return [...new Set(gallery.labels)].map((label) => {
    const own = rows.filter((row) => row.label === label);
    const s = own.map((row) => dot(q, row.unit));
    const best = [...s].sort((a, b) => b - a).slice(0, m);
    const mean = own[0]!.unit.map((_, i) => own.reduce((sum, row) => sum + row.unit[i]!, 0) / own.length);
    const scores = {
      max: Math.max(...s),
      mean: s.reduce((a, b) => a + b) / s.length,
      topM: best.reduce((a, b) => a + b) / best.length,
      softmax: s.reduce((sum, v) => sum + Math.exp(v / temperature), 0) / all,
      prototype: dot(q, mean) / Math.hypot(...mean),
    };
    return { label, score: scores[aggregation], nearestId: own[s.indexOf(Math.max(...s))]!.id };
  });
}

for (const backend of ['cpu', 'wasm'] as const)
  describe(`classify on ${backend}`, () => {
    beforeAll(() => useBackend(backend));

    for (const aggregation of ['max', 'mean', 'topM', 'softmax', 'prototype'] as const)
      it(`${aggregation} follows its definition`, async () => {
        const classifier = buildClassifier(vectorEmbedder(16), gallery, { aggregation, m: 2, temperature: 0.2 });
        const answers = await classifier.classifyVectors(queries, { k: 99 });
        answers.forEach((answer, i) => {
          const expected = reference(vectorAt(queries, i), aggregation, 2, 0.2).sort((a, b) => b.score - a.score);
          expect(answer.map((one) => one.label)).toEqual(expected.map((one) => one.label));
          expect(answer.map((one) => one.nearestId)).toEqual(expected.map((one) => one.nearestId));
          answer.forEach((one, c) => {
            expect(one.score).toBeCloseTo(expected[c]!.score, 5);
          });
        });
        classifier.dispose();
      });

    it('answers the same one by one, in a batch and from vectors', async () => {
      const classifier = buildClassifier(vectorEmbedder(16), gallery);
      const inputs = Array.from({ length: queries.count }, (_, i) => vectorAt(queries, i));
      const progress: number[] = [];
      const batch = await classifier.classifyBatch(inputs, {
        batchSize: 7,
        onProgress: ({ done }) => progress.push(done),
      });
      expect(progress).toEqual([7, 14, 21, 24]);
      const single = [];
      for (const input of inputs) single.push(await classifier.classify(input));
      const labelsOf = (answers: typeof batch) => answers.map((answer) => answer.map((one) => one.label));
      expect(labelsOf(single)).toEqual(labelsOf(batch));
      expect(labelsOf(await classifier.classifyVectors(queries))).toEqual(labelsOf(batch));
    });

    it('breaks ties by the order of labels and of rows', async () => {
      const same = { vectors: createVectors(Float32Array.of(1, 0, 1, 0, 1, 0, 0, 1), 2), ids: ['1', '2', '3', '4'] };
      const tied = buildClassifier(vectorEmbedder(2), { ...same, labels: ['b', 'a', 'a', 'c'] });
      const [answer] = await tied.classifyVectors(createVectors(Float32Array.of(3, 0), 2));
      expect(answer).toEqual([
        { label: 'b', score: 1, nearestId: '1', unknown: false },
        { label: 'a', score: 1, nearestId: '2', unknown: false },
        { label: 'c', score: 0, nearestId: '4', unknown: false },
      ]);
    });
  });
