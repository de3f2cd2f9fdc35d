import { createGallery, createVectors, type Gallery, l2Normalize, type Vectors, vectorAt } from '@nearkin/core';
import { describe, expect, it } from 'vitest';
import { clusters, codeOf, dim, toy } from '../../test/toy-clusters.js';
import { buildIndex } from '../build/build-index.js';
import { createClassifier } from './create-classifier.js';

describe('createClassifier', () => {
  /** The reference: best row of each class, classes by score, then by first row. */
  function bestClasses({ vectors, labels, ids }: Gallery, query: Float32Array, k: number) {
    const rows = l2Normalize(vectors);
    const q = l2Normalize(createVectors(query, dim)).data;
    const score = (row: number) => vectorAt(rows, row).reduce((sum, x, j) => sum + x * q[j]!, 0);
    const best = new Map<string, { label: string; score: number; nearestId: string }>();
    labels.forEach((label, row) => {
      const s = score(row);
      if (!best.has(label)) best.set(label, { label, score: Number.NEGATIVE_INFINITY, nearestId: '' });
      if (s > best.get(label)!.score) best.set(label, { label, score: s, nearestId: ids[row]! });
    });
    return [...best.values()].sort((a, b) => b.score - a.score).slice(0, k);
  }

  it('agrees with the best row of each class, however many rows a class has', async () => {
    const gallery = clusters(700, 17, 40);
    const index = await buildIndex(gallery);
    const classifier = createClassifier(toy, index);
    expect(classifier.labels).toEqual([...new Set(gallery.labels)]);
    const queries: Vectors = clusters(20, 18, 40).vectors;
    for (const k of [1, 3, 39, 100]) {
      const answers = await classifier.classifyVectors(queries, { k });
      answers.forEach((answer, q) => {
        const expected = bestClasses(gallery, vectorAt(queries, q), k);
        expect(answer.map(({ label, nearestId }) => [label, nearestId])).toEqual(
          expected.map(({ label, nearestId }) => [label, nearestId]),
        );
        answer.forEach(({ score }, i) => {
          expect(score).toBeCloseTo(expected[i]!.score, 5);
        });
      });
    }
  });

  it('puts equal classes in the order of labels', async () => {
    const gallery = createGallery({
      vectors: createVectors(
        Float32Array.from({ length: 4 * dim }, (_, i) => (i >= dim ? 1 : i % 2)),
        dim,
      ),
      ids: ['a1', 'b1', 'a2', 'b2'],
      labels: ['a', 'b', 'a', 'b'],
    });
    const classifier = createClassifier(toy, await buildIndex(gallery));
    const [answer] = await classifier.classifyVectors(createVectors(new Float32Array(dim).fill(1), dim), { k: 1 });
    expect(answer).toMatchObject([{ label: 'a', nearestId: 'a2' }]);
  });

  it('is edited as if it had been built so', async () => {
    const gallery = clusters(120, 19, 4);
    const index = await buildIndex(gallery);
    const classifier = createClassifier(toy, index, { unknownBelow: { 'class 1': 2 } });
    const input = (seed: number) => Array.from({ length: dim }, (_, j) => Math.sin(seed * 13 + j));
    await classifier.addClass('new', [input(1), input(2)]);
    await classifier.addExamples('new', [input(3)], { ids: ['third'] });
    expect((await classifier.classify(input(3), { k: 1 }))[0]).toMatchObject({
      label: 'new',
      nearestId: 'third',
      unknown: false,
    });
    expect(
      (await classifier.classify([...vectorAt(gallery.vectors, gallery.labels.indexOf('class 1'))], { k: 1 }))[0],
    ).toMatchObject({ label: 'class 1', unknown: true });
    classifier.renameClass('new', 'newer');
    expect((await classifier.classify(input(1), { k: 1 }))[0]).toMatchObject({ label: 'newer', nearestId: 'new#1' });
    classifier.removeExample('third');
    expect((await classifier.classify(input(3), { k: 9 })).every(({ nearestId }) => nearestId !== 'third')).toBe(true);
    const again = createClassifier(toy, await buildIndex(classifier.gallery), { unknownBelow: { 'class 1': 2 } });
    expect(again.labels).toEqual(classifier.labels);
    const [one, other] = [await classifier.classify(input(8), { k: 9 }), await again.classify(input(8), { k: 9 })];
    expect(one.map(({ label }) => label)).toEqual(other.map(({ label }) => label));
    for (const label of ['newer', 'class 0', 'class 1']) classifier.removeClass(label);
    expect(codeOf(() => classifier.removeClass(classifier.labels[0]!))).toBe('TOO_FEW_CLASSES');
    expect(codeOf(() => classifier.removeClass('nobody'))).toBe('UNKNOWN_LABEL');
    expect(codeOf(() => classifier.removeExample('nobody'))).toBe('UNKNOWN_ID');
    expect(codeOf(() => classifier.renameClass(classifier.labels[0]!, classifier.labels[1]!))).toBe('DUPLICATE_LABEL');
    await expect(classifier.addClass('empty', [])).rejects.toMatchObject({ code: 'EMPTY_ALBUM' });
    await expect(classifier.addClass(classifier.labels[0]!, [input(1)])).rejects.toMatchObject({
      code: 'DUPLICATE_LABEL',
    });
    await expect(classifier.addExamples('nobody', [input(1)])).rejects.toMatchObject({ code: 'UNKNOWN_LABEL' });
    classifier.dispose();
    expect(codeOf(() => classifier.labels)).toBe('DISPOSED');
  });

  it('refuses what it cannot classify with', async () => {
    const gallery = clusters(30, 20, 3);
    const dot = await buildIndex(gallery, { metric: 'dot' });
    expect(codeOf(() => createClassifier(toy, dot))).toBe('UNSUPPORTED');
    const bare = await buildIndex(createGallery({ vectors: gallery.vectors, ids: gallery.ids }));
    expect(codeOf(() => createClassifier(toy, bare))).toBe('TOO_FEW_CLASSES');
    expect(codeOf(() => createClassifier({ ...toy, id: 'other' }, dot))).toBe('MODEL_MISMATCH');
  });
});
