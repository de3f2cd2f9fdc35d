import { createGallery, createVectors, NearkinError, selectGallery } from '@nearkin/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { toyGallery, vectorEmbedder } from '../../test/toy-gallery.js';
import { useBackend } from '../../test/use-backend.js';
import { buildClassifier } from './build-classifier.js';

const gallery = toyGallery({ labels: ['a', 'b', 'c'], sizes: [4, 7] });
const query = Float32Array.from({ length: 16 }, (_, i) => Math.sin(i));
const code = (run: () => unknown) => {
  const of = (error: unknown) => (error instanceof NearkinError ? error.code : String(error));
  try {
    const result = run();
    return result instanceof Promise ? result.then(() => 'fine', of) : 'fine';
  } catch (error) {
    return of(error);
  }
};

for (const backend of ['cpu', 'wasm'] as const)
  describe(`lifetime on ${backend}`, () => {
    beforeAll(() => useBackend(backend));

    for (const aggregation of ['max', 'prototype'] as const)
      it(`${aggregation}: holds as many tensors after 1,000 questions and edits as after one, and none when disposed`, async () => {
        const before = tf.memory().numTensors;
        const classifier = buildClassifier(vectorEmbedder(16), gallery, { aggregation });
        await classifier.classify(query);
        const held = tf.memory().numTensors;
        expect(held).toBeGreaterThan(before);
        for (let i = 0; i < 1000; i++) await classifier.classify(query);
        expect(tf.memory().numTensors).toBe(held);
        for (let i = 0; i < 50; i++) {
          await classifier.addClass('more', [query]);
          await classifier.classify(query);
          classifier.removeClass('more');
          await classifier.classify(query);
        }
        expect(tf.memory().numTensors).toBeLessThanOrEqual(held + 1);
        classifier.dispose();
        classifier.dispose();
        expect(tf.memory().numTensors).toBe(before);
      });
  });

describe('lifetime', () => {
  beforeAll(() => useBackend('cpu'));

  it('refuses everything after dispose, and leaves the embedder to its owner', async () => {
    let disposed = 0;
    const embedder = { ...vectorEmbedder(16), dispose: () => disposed++ };
    const classifier = buildClassifier(embedder, gallery);
    classifier[Symbol.dispose]();
    expect(disposed).toBe(0);
    const uses: (() => unknown)[] = [
      () => classifier.labels,
      () => classifier.gallery,
      () => classifier.classify(query),
      () => classifier.classifyBatch([query]),
      () => classifier.classifyVectors(gallery.vectors),
      () => classifier.addClass('x', [query]),
      () => classifier.addExamples('a', [query]),
      () => classifier.addGallery(gallery),
      () => classifier.removeClass('a'),
      () => classifier.removeExample('row 0'),
      () => classifier.renameClass('a', 'z'),
      () => classifier.save('nowhere'),
    ];
    for (const use of uses) expect(await code(use)).toBe('DISPOSED');
  });

  it('notices that it was disposed in the middle of a question', async () => {
    const before = tf.memory().numTensors;
    const classifier = buildClassifier(vectorEmbedder(16), gallery);
    const answer = code(() => classifier.classify(query));
    classifier.dispose();
    expect(await answer).toBe('DISPOSED');
    expect(tf.memory().numTensors).toBe(before);
  });

  it('an edit in the middle of a question does not disturb it', async () => {
    const classifier = buildClassifier(vectorEmbedder(16), gallery);
    const expected = await classifier.classifyVectors(gallery.vectors, { k: 9 });
    const asked = classifier.classifyVectors(gallery.vectors, { k: 9 });
    await Promise.resolve();
    await Promise.resolve();
    classifier.renameClass('a', 'z');
    const answers = await asked;
    // Either all of it before the edit or all of it after.
    const names = new Set(answers.flatMap((answer) => answer.map((one) => one.label)));
    expect(names.has('a') && names.has('z')).toBe(false);
    expect(answers.map((one) => one.map(({ score }) => score))).toEqual(
      expected.map((one) => one.map(({ score }) => score)),
    );
  });

  it('checks what it is built from', () => {
    const embedder = vectorEmbedder(16);
    const one = selectGallery(
      gallery,
      [...gallery.ids.keys()].filter((row) => gallery.labels[row] === 'a'),
    );
    expect(code(() => buildClassifier(embedder, one))).toBe('TOO_FEW_CLASSES');
    expect(
      code(() =>
        buildClassifier(embedder, createGallery({ vectors: createVectors(new Float32Array(0), 16), ids: [] })),
      ),
    ).toBe('EMPTY_GALLERY');
    expect(code(() => buildClassifier(vectorEmbedder(8), gallery))).toBe('DIMENSION_MISMATCH');
    expect(code(() => buildClassifier(embedder, { ...gallery, modelId: 'other' }))).toBe('MODEL_MISMATCH');
    const nan = createVectors(
      Float32Array.from(gallery.vectors.data, (v, i) => (i === 40 ? Number.NaN : v)),
      16,
    );
    expect(code(() => buildClassifier(embedder, { ...gallery, vectors: nan }))).toBe('NON_FINITE');
    expect(code(() => buildClassifier(embedder, { ...gallery, ids: gallery.ids.map(() => 'same') }))).toBe(
      'DUPLICATE_ID',
    );
    for (const options of [
      { aggregation: 'best' as 'max' },
      { m: 0 },
      { temperature: 0 },
      { unknownBelow: Number.NaN },
      { quantize: 'int4' as 'int8' },
    ])
      expect(code(() => buildClassifier(embedder, gallery, options))).toBe('INVALID_ARGUMENT');
    expect(code(() => buildClassifier(embedder, gallery, { unknownBelow: { nobody: 1 } }))).toBe('UNKNOWN_LABEL');
  });

  it('checks what it is asked', async () => {
    const classifier = buildClassifier(vectorEmbedder(16), gallery);
    for (const k of [0, -1, 1.5, Number.NaN])
      expect(await code(() => classifier.classify(query, { k }))).toBe('INVALID_ARGUMENT');
    expect((await classifier.classify(query, { k: 1e9 })).length).toBe(3);
    expect(await code(() => classifier.classify(query.map(() => Number.NaN)))).toBe('NON_FINITE');
    expect(await code(() => classifier.classifyVectors(createVectors(query.slice(0, 8), 8)))).toBe(
      'DIMENSION_MISMATCH',
    );
    expect(await code(() => classifier.classify(query, { signal: AbortSignal.abort() }))).toBe('ABORTED');
    expect(await code(() => classifier.classifyBatch([query], { batchSize: 0 }))).toBe('INVALID_ARGUMENT');
    expect(await classifier.classifyBatch([])).toEqual([]);
    const zero = await classifier.classify(new Float32Array(16));
    expect(zero.map(({ label, score }) => [label, score])).toEqual(classifier.labels.map((label) => [label, 0]));
  });

  it('marks answers below their threshold as unknown', async () => {
    const one = buildClassifier(vectorEmbedder(16), gallery, { unknownBelow: 2 });
    expect((await one.classify(query)).every((answer) => answer.unknown)).toBe(true);
    const [best] = await buildClassifier(vectorEmbedder(16), gallery).classify(query);
    const { label, score } = best!;
    const exact = buildClassifier(vectorEmbedder(16), gallery, { unknownBelow: { [label]: score } });
    expect((await exact.classify(query)).map((answer) => answer.unknown)).toEqual([false, false, false]);
    const above = buildClassifier(vectorEmbedder(16), gallery, { unknownBelow: { [label]: score + 1e-6 } });
    expect((await above.classify(query)).map((answer) => answer.unknown)).toEqual([true, false, false]);
  });

  it('takes other thresholds later, or keeps the old ones', async () => {
    const classifier = buildClassifier(vectorEmbedder(16), gallery, { unknownBelow: 2 });
    const [best] = await classifier.classify(query);
    classifier.setUnknownBelow(best!.score);
    expect(classifier.settings.unknownBelow).toBe(best!.score);
    expect((await classifier.classify(query)).map((answer) => answer.unknown)).toEqual([false, true, true]);
    expect(await code(() => classifier.setUnknownBelow(Number.NaN))).toBe('INVALID_ARGUMENT');
    expect(await code(() => classifier.setUnknownBelow({ nobody: 1 }))).toBe('UNKNOWN_LABEL');
    expect(classifier.settings.unknownBelow).toBe(best!.score);
    classifier.setUnknownBelow(undefined);
    expect(classifier.settings.unknownBelow).toBeUndefined();
    expect((await classifier.classify(query)).some((answer) => answer.unknown)).toBe(false);
    classifier.dispose();
    expect(await code(() => classifier.setUnknownBelow(0))).toBe('DISPOSED');
  });
});
