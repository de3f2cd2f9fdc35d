import {
  createGallery,
  createRng,
  createVectors,
  type Gallery,
  NearkinError,
  selectGallery,
  vectorAt,
} from '@nearkin/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { toyGallery, vectorEmbedder } from '../../test/toy-gallery.js';
import { useBackend } from '../../test/use-backend.js';
import { buildClassifier } from './build-classifier.js';
import type { RetrievalClassifier } from './retrieval-classifier.js';

const dim = 24;
const labels = ['a', 'b', '__proto__', '', 'constructor'];
const pool = toyGallery({ labels, sizes: [40], dim, seed: 4, spread: 1.5 });
const queries = toyGallery({ labels, sizes: [5], dim, seed: 4, spread: 2 }).vectors;

const failing = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    return error instanceof NearkinError ? error.code : String(error);
  }
  return 'fine';
};
const rejected = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'fine',
    (error) => (error instanceof NearkinError ? error.code : String(error)),
  );

async function expectRebuilt(edited: RetrievalClassifier<Float32Array>, gallery: Gallery): Promise<void> {
  const rebuilt = buildClassifier(edited.embedder, gallery, edited.settings);
  expect(edited.labels).toEqual(rebuilt.labels);
  expect(edited.gallery).toEqual(rebuilt.gallery);
  // From its own gallery, too: normalising or quantising again changes nothing.
  const again = buildClassifier(edited.embedder, edited.gallery, edited.settings);
  const answers = await edited.classifyVectors(queries, { k: 99 });
  expect(await rebuilt.classifyVectors(queries, { k: 99 })).toEqual(answers);
  expect(await again.classifyVectors(queries, { k: 99 })).toEqual(answers);
  rebuilt.dispose();
  again.dispose();
}

for (const backend of ['cpu', 'wasm'] as const)
  describe(`edits on ${backend}`, () => {
    beforeAll(() => useBackend(backend));

    for (const aggregation of ['max', 'mean', 'topM', 'softmax', 'prototype'] as const)
      for (const quantize of ['none', 'int8'] as const)
        it(`${aggregation}, ${quantize}: any sequence of edits equals a rebuild bit for bit`, async () => {
          const rng = createRng(aggregation.length + quantize.length);
          const embedder = vectorEmbedder(dim);
          let rows = rng.sample(pool.vectors.count, 30);
          let names = new Map(labels.map((label) => [label, label]));
          const expected = (): Gallery =>
            createGallery({
              vectors: selectGallery(pool, rows).vectors,
              ids: rows.map((row) => pool.ids[row]!),
              labels: rows.map((row) => names.get(pool.labels[row]!)!),
              modelId: 'vectors',
            });
          const edited = buildClassifier(embedder, expected(), { aggregation, quantize });
          for (let step = 0; step < 60; step++) {
            const label = labels[rng.integer(labels.length)]!;
            const own = rows.filter((row) => pool.labels[row] === label);
            const free = [...pool.ids.keys()].filter((row) => !rows.includes(row) && pool.labels[row] === label);
            const add = rng.shuffle(free).slice(0, 1 + rng.integer(4));
            const inputs = add.map((row) => vectorAt(pool.vectors, row));
            const ids = add.map((row) => pool.ids[row]!);
            const kind = rng.integer(6);
            if (kind === 0 && own.length > 0 && new Set(rows.map((row) => pool.labels[row])).size > 2) {
              edited.removeClass(names.get(label)!);
              rows = rows.filter((row) => pool.labels[row] !== label);
            } else if (kind === 1 && own.length > 1) {
              const gone = own[rng.integer(own.length)]!;
              edited.removeExample(pool.ids[gone]!);
              rows = rows.filter((row) => row !== gone);
            } else if (kind === 2 && own.length > 0) {
              edited.renameClass(names.get(label)!, `${label}.${step}`);
              names = new Map(names).set(label, `${label}.${step}`);
            } else if (add.length > 0) {
              if (kind === 3)
                edited.addGallery(
                  createGallery({ ...selectGallery(pool, add), labels: add.map(() => names.get(label)!) }),
                );
              else if (own.length > 0) await edited.addExamples(names.get(label)!, inputs, { ids });
              else await edited.addClass(names.get(label)!, inputs, { ids });
              rows = [...rows, ...add];
            }
            if (step % 10 === 9) await expectRebuilt(edited, expected());
          }
          edited.dispose();
        });

    it('grows over many blocks and shrinks again', async () => {
      const embedder = vectorEmbedder(4);
      const big = toyGallery({ labels: ['x', 'y', 'z'], sizes: [1500], dim: 4, seed: 2 });
      const edited = buildClassifier(embedder, selectGallery(big, [0, 1, 2, 3, 4, 5]));
      const query = createVectors(Float32Array.of(1, -2, 3, 1), 4);
      const check = async (rows: number[]) => {
        const rebuilt = buildClassifier(embedder, selectGallery(big, rows));
        expect(await edited.classifyVectors(query, { k: 9 })).toEqual(await rebuilt.classifyVectors(query, { k: 9 }));
        rebuilt.dispose();
      };
      let rows = [0, 1, 2, 3, 4, 5];
      for (let row = 6; row < 4500; row++) {
        edited.addGallery(selectGallery(big, [row]));
        rows.push(row);
        if (row % 1490 === 0) await check(rows);
      }
      for (let row = 4499; row > 8; row--) {
        if (row % 3 === 0) continue;
        edited.removeExample(big.ids[row]!);
        if (row % 900 === 1) await check(rows.filter((r) => r < row || r % 3 === 0));
      }
      rows = rows.filter((r) => r <= 8 || r % 3 === 0);
      await check(rows);
      edited.dispose();
    });
  });

describe('edits', () => {
  beforeAll(() => useBackend('cpu'));
  const start = selectGallery(pool, [...pool.ids.keys()].slice(0, 20));
  const vectors = (count: number) => Array.from({ length: count }, (_, i) => vectorAt(pool.vectors, 100 + i));

  it('say what is wrong and change nothing', async () => {
    const classifier = buildClassifier(vectorEmbedder(dim), start, { unknownBelow: { a: 0.5 } });
    const { gallery, settings } = classifier;
    expect(await rejected(classifier.addClass('a', vectors(1)))).toBe('DUPLICATE_LABEL');
    expect(await rejected(classifier.addClass('new', []))).toBe('EMPTY_ALBUM');
    expect(await rejected(classifier.addExamples('new', vectors(1)))).toBe('UNKNOWN_LABEL');
    expect(await rejected(classifier.addExamples('a', vectors(2), { ids: ['one'] }))).toBe('INVALID_ARGUMENT');
    expect(await rejected(classifier.addExamples('a', vectors(2), { ids: ['one', 'one'] }))).toBe('DUPLICATE_ID');
    expect(await rejected(classifier.addExamples('a', vectors(1), { ids: [start.ids[3]!] }))).toBe('DUPLICATE_ID');
    expect(await rejected(classifier.addExamples('a', [Float32Array.of(Number.NaN)]))).toBe('NON_FINITE');
    expect(await rejected(classifier.addExamples('a', vectors(1), { signal: AbortSignal.abort() }))).toBe('ABORTED');
    expect(failing(() => classifier.addGallery(start))).toBe('DUPLICATE_ID');
    expect(failing(() => classifier.addGallery({ ...start, modelId: 'other' }))).toBe('MODEL_MISMATCH');
    expect(failing(() => classifier.addGallery(toyGallery({ labels: ['q'], sizes: [1], dim: 3 })))).toBe(
      'DIMENSION_MISMATCH',
    );
    expect(
      failing(() =>
        classifier.addGallery({ ...start, vectors: createVectors(new Float32Array(0), dim), ids: [], labels: [] }),
      ),
    ).toBe('EMPTY_GALLERY');
    expect(failing(() => classifier.removeClass('nobody'))).toBe('UNKNOWN_LABEL');
    expect(failing(() => classifier.removeExample('nothing'))).toBe('UNKNOWN_ID');
    expect(failing(() => classifier.renameClass('nobody', 'x'))).toBe('UNKNOWN_LABEL');
    expect(failing(() => classifier.renameClass('a', 'b'))).toBe('DUPLICATE_LABEL');
    expect(classifier.gallery).toBe(gallery);
    expect(classifier.settings).toEqual(settings);
  });

  it('are all or nothing when the third of five inputs cannot be embedded', async () => {
    const embedder = vectorEmbedder(dim);
    let calls = 0;
    const broken = {
      ...embedder,
      embed: async (batch: readonly Float32Array[]) => {
        calls++;
        const bad = batch.some((row) => row.length === 0);
        if (bad) throw new NearkinError('BAD_PICTURE', 'torn');
        return embedder.embed(batch);
      },
    };
    const classifier = buildClassifier(broken, start);
    const { gallery } = classifier;
    const five = [...vectors(2), new Float32Array(0), ...vectors(2)];
    expect(await rejected(classifier.addExamples('a', five))).toBe('BAD_PICTURE');
    expect(calls).toBe(1);
    expect(classifier.gallery).toBe(gallery);
  });

  it('keep two classes at least', () => {
    const rows = createGallery({
      vectors: createVectors(Float32Array.of(1, 0, 0, 1, 1, 1), 2),
      ids: ['1', '2', '3'],
      labels: ['a', 'b', 'b'],
    });
    const classifier = buildClassifier(vectorEmbedder(2), rows);
    expect(failing(() => classifier.removeClass('a'))).toBe('TOO_FEW_CLASSES');
    expect(failing(() => classifier.removeExample('1'))).toBe('TOO_FEW_CLASSES');
    classifier.removeExample('2');
    expect(failing(() => classifier.removeExample('3'))).toBe('TOO_FEW_CLASSES');
    expect(classifier.labels).toEqual(['a', 'b']);
  });

  it('make up ids that are free, and carry thresholds along', async () => {
    const classifier = buildClassifier(vectorEmbedder(dim), start, { unknownBelow: new Map([['a', 2]]) });
    await classifier.addClass('new', vectors(2));
    classifier.renameClass('a', 'z');
    await Promise.all([classifier.addExamples('new', vectors(1)), classifier.addExamples('new', vectors(1))]);
    expect(classifier.gallery.ids.slice(-4)).toEqual(['new#1', 'new#2', 'new#3', 'new#4']);
    const [answer] = await classifier.classifyVectors(queries, { k: 9 });
    expect(answer!.filter((one) => one.unknown).map((one) => one.label)).toEqual(['z']);
    classifier.removeClass('z');
    expect(classifier.settings.unknownBelow).toBeUndefined();
  });

  it('cancelled in the middle change nothing, and a cancelled batch answers nothing', async () => {
    const embedder = vectorEmbedder(dim);
    const control = new AbortController();
    const slow = {
      ...embedder,
      embed: async (batch: readonly Float32Array[]) => {
        const out = await embedder.embed(batch);
        control.abort();
        return out;
      },
    };
    const classifier = buildClassifier(slow, start);
    const { gallery } = classifier;
    const { signal } = control;
    expect(await rejected(classifier.addExamples('a', vectors(40), { signal }))).toBe('ABORTED');
    expect(await rejected(classifier.classifyBatch(vectors(40), { signal, batchSize: 4 }))).toBe('ABORTED');
    expect(classifier.gallery).toBe(gallery);
    expect((await classifier.classifyBatch(vectors(2))).length).toBe(2);
  });

  it('take a copy: what the caller does to its numbers afterwards does not matter', async () => {
    const classifier = buildClassifier(vectorEmbedder(dim), start);
    const data = Float32Array.from(vectors(1)[0]!);
    classifier.addGallery(createGallery({ vectors: createVectors(data, dim), ids: ['mine'], labels: ['a'] }));
    const expected = buildClassifier(vectorEmbedder(dim), start);
    await expected.addExamples('a', vectors(1), { ids: ['mine'] });
    data.fill(0);
    expect(classifier.gallery.vectors).toEqual(expected.gallery.vectors);
  });
});
