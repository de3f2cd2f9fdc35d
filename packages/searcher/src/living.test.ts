import {
  createGallery,
  createRng,
  createVectors,
  type Embedder,
  type Gallery,
  l2Normalize,
  type Vectors,
  vectorAt,
} from '@nearkin/core';
import { describe, expect, it } from 'vitest';
import { autoKind, autoPartitions, autoPartitionsToSearch } from './autopilot.js';
import { buildIndex } from './build-index.js';
import { createClassifier } from './create-classifier.js';
import { createSearcher } from './create-searcher.js';

const dim = 16;

function clusters(count: number, seed: number, labels = 8): Gallery {
  const centers = Float32Array.from({ length: labels * dim }, createRng(1).normal);
  const rng = createRng(seed);
  const owners = Array.from({ length: count }, () => rng.integer(labels));
  const data = new Float32Array(count * dim);
  owners.forEach((label, i) => {
    for (let j = 0; j < dim; j++) data[i * dim + j] = centers[label * dim + j]! + 0.6 * rng.normal();
  });
  return createGallery({
    vectors: createVectors(data, dim),
    ids: owners.map((_, i) => `${seed}-${i}`),
    labels: owners.map((label) => `class ${label}`),
    modelId: 'toy',
  });
}

const toy: Embedder<readonly number[]> = {
  id: 'toy',
  dim,
  embed: async (batch) => createVectors(Float32Array.from(batch.flat()), dim),
  dispose() {},
};

const part = (gallery: Gallery, rows: readonly number[]): Gallery =>
  createGallery({
    vectors: createVectors(Float32Array.from(rows.flatMap((row) => [...vectorAt(gallery.vectors, row)])), dim),
    ids: rows.map((row) => gallery.ids[row]!),
    labels: rows.map((row) => gallery.labels[row]!),
  });

const codeOf = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    return (error as { code: string }).code;
  }
  return undefined;
};

describe('an index', () => {
  it('chooses its kind and partitions by the number of rows', () => {
    expect([100, 20_000, 20_001, 100_000, 100_001].map(autoKind)).toEqual([
      'flat',
      'flat',
      'flatInt8',
      'flatInt8',
      'partitioned',
    ]);
    expect(autoPartitions(123_287, 128)).toBe(351);
    expect(autoPartitions(1_000_000, 128)).toBe(1000);
    expect(autoPartitions(10_000_000, 128)).toBe(9766);
    expect(autoPartitionsToSearch(42)).toBe(42);
    expect(autoPartitionsToSearch(420)).toBe(84);
  });

  it('can be the on-device Searcher: 4 of 351 partitions, one dimension a block, 256 codes, anisotropic', async () => {
    const gallery = clusters(1500, 3);
    const index = await buildIndex(gallery, {
      kind: 'partitioned',
      metric: 'dot',
      partitions: 351,
      partitionsToSearch: 4,
      codes: 'pq8',
      dimensionsPerBlock: 1,
      residual: false,
      anisotropicThreshold: 0.2,
      reorder: 'none',
    });
    expect(index.stats()).toMatchObject({
      partitions: 351,
      codes: 'pq8',
      dimensionsPerBlock: 1,
      residual: false,
      anisotropicThreshold: 0.2,
      reorder: 'none',
      search: { partitionsToSearch: 4 },
    });
    const query = vectorAt(gallery.vectors, 7);
    const [best] = index.search(query, { k: 1, partitionsToSearch: 351 });
    const dots = gallery.ids.map((_, i) => vectorAt(gallery.vectors, i).reduce((sum, x, j) => sum + x * query[j]!, 0));
    expect(Math.abs(best!.score - Math.max(...dots))).toBeLessThan(0.05 * Math.max(...dots));
  });

  it('stays as good as a rebuild after 30 % of its rows changed, and says how it is', async () => {
    const before = clusters(2000, 4);
    const fresh = clusters(600, 5);
    const queries = clusters(300, 6).vectors;
    const options = { kind: 'partitioned', partitions: 32, partitionsToSearch: 8, reorderCandidates: 40 } as const;
    const index = await buildIndex(before, options);
    index.remove(before.ids.slice(0, 600));
    for (let i = 0; i < 600; i += 50)
      index.add(
        part(
          fresh,
          Array.from({ length: 50 }, (_, j) => i + j),
        ),
      );
    const rows = part(
      before,
      Array.from({ length: 1400 }, (_, i) => 600 + i),
    );
    const now = createGallery({
      vectors: createVectors(Float32Array.of(...rows.vectors.data, ...fresh.vectors.data), dim),
      ids: [...rows.ids, ...fresh.ids],
    });
    const exact = await buildIndex(now, { kind: 'flat' });
    const rebuilt = await buildIndex(now, options);
    const truth = await exact.searchBatch(queries);
    const recall = async (tested: typeof index) => {
      const found = await tested.searchBatch(queries);
      const hits = truth.map((hits, q) => hits.filter(({ id }) => found[q]!.some((hit) => hit.id === id)).length);
      return hits.reduce((a, b) => a + b) / truth.length / 10;
    };
    expect(await recall(index)).toBeGreaterThan((await recall(rebuilt)) - 0.02);
    const health = index.health();
    expect(health.rows).toBe(2000);
    expect(health.imbalance).toBeGreaterThanOrEqual(1);
    expect(health.drift).toBeGreaterThan(0.8);
    expect(health.drift).toBeLessThan(1.25);
  });

  it('rebalances only what needs it: a partition that has grown is split, all rows stay findable', async () => {
    const gallery = clusters(800, 7);
    const index = await buildIndex(gallery, {
      kind: 'partitioned',
      partitions: 16,
      partitionsToSearch: 6,
      reorderCandidates: 60,
      reorder: 'float32',
    });
    const heap = createGallery({
      vectors: createVectors(
        Float32Array.from(
          { length: 700 * dim },
          (_, i) => gallery.vectors.data[i % dim]! + 0.4 * Math.sin(Math.floor(i / dim) * 7 + (i % dim) * 3),
        ),
        dim,
      ),
      ids: Array.from({ length: 700 }, (_, i) => `heap-${i}`),
    });
    index.add(heap);
    const before = index.health();
    expect(index.rebalance()).toBeGreaterThan(0);
    const after = index.health();
    expect(after.imbalance).toBeLessThan(before.imbalance);
    expect(after.rows).toBe(1500);
    for (const row of [0, 5, 699])
      expect(
        index.search(vectorAt(heap.vectors, row), { k: 1, partitionsToSearch: after.partitions, reorder: 1500 })[0]!.id,
      ).toBe(`heap-${row}`);
    expect(
      new Set(
        index.search(vectorAt(heap.vectors, 0), { k: 1500, partitionsToSearch: after.partitions }).map(({ id }) => id),
      ).size,
    ).toBe(1500);
  });

  it('reaches the recall it was tuned for, and keeps what it chose', async () => {
    const gallery = clusters(3000, 8);
    const queries = clusters(200, 9).vectors;
    const index = await buildIndex(gallery, { kind: 'partitioned', targetRecall: 0.9, queries, seed: 2 });
    const exact = await buildIndex(gallery, { kind: 'flat' });
    const [truth, found] = [await exact.searchBatch(queries), await index.searchBatch(queries)];
    const hits = truth.map((list, q) => list.filter(({ id }) => found[q]!.some((hit) => hit.id === id)).length);
    expect(hits.reduce((a, b) => a + b) / 2000).toBeGreaterThan(0.87);
    expect(index.stats().recallEstimate).toBeGreaterThan(0.85);
    const twice = await buildIndex(gallery, { kind: 'partitioned', targetRecall: 0.9, queries, seed: 2 });
    expect(twice.stats().search).toEqual(index.stats().search);
  });

  it('answers the same with several workers', async () => {
    const gallery = clusters(1000, 10);
    const queries = clusters(150, 11).vectors;
    const index = await buildIndex(gallery, {
      kind: 'partitioned',
      partitions: 20,
      partitionsToSearch: 5,
      reorderCandidates: 30,
      shared: true,
    });
    expect(await index.searchBatch(queries, { workers: 2 })).toEqual(await index.searchBatch(queries));
    // The same workers again, two batches at a time, and after a change.
    const [once, again] = await Promise.all([
      index.searchBatch(queries, { workers: 2 }),
      index.searchBatch(queries, { workers: 2 }),
    ]);
    expect(again).toEqual(once);
    index.remove([once[0]![0]!.id]);
    expect(await index.searchBatch(queries, { workers: 2 })).toEqual(await index.searchBatch(queries));
    const flat = await buildIndex(gallery, { kind: 'flatInt8', shared: true });
    expect(await flat.searchBatch(queries, { workers: 3 })).toEqual(await flat.searchBatch(queries));
    const withZero = createVectors(queries.data.slice(), queries.dim);
    withZero.data.fill(0, 0, queries.dim);
    expect(await index.searchBatch(withZero, { workers: 2 })).toEqual(await index.searchBatch(withZero));
    // Codes alone cannot score rows one by one, so a filter is searched with.
    const coded = await buildIndex(gallery, { kind: 'partitioned', partitions: 20, reorder: 'none', shared: true });
    const third = ({ id }: { id: string }) => Number(id.replace(/\D/g, '')) % 3 === 0;
    const filter = { where: (_: unknown, row: { id: string }) => third(row) };
    const filtered = await coded.searchBatch(queries, { filter, workers: 2 });
    expect(filtered).toEqual(await coded.searchBatch(queries, { filter }));
    expect(filtered.flat().every(third)).toBe(true);
  });

  it('takes at most so many of a label', async () => {
    const gallery = clusters(300, 12);
    const index = await buildIndex(gallery);
    const all = index.search(vectorAt(gallery.vectors, 0), { k: 300 });
    const hits = index.search(vectorAt(gallery.vectors, 0), { k: 10, diversify: 2 });
    const taken = new Map<string, number>();
    const expected = all.filter(({ label }) => {
      taken.set(label!, (taken.get(label!) ?? 0) + 1);
      return taken.get(label!)! <= 2;
    });
    expect(hits).toEqual(expected.slice(0, 10));
    expect(index.search(vectorAt(gallery.vectors, 0), { k: 30, diversify: 2 })).toHaveLength(16);
  });

  it('bears every degenerate input', async () => {
    const gallery = clusters(40, 13);
    const index = await buildIndex(gallery);
    expect(index.search(new Float32Array(dim), { k: 3 }).map(({ id, score }) => [id, score])).toEqual([
      ['13-0', 0],
      ['13-1', 0],
      ['13-2', 0],
    ]);
    expect(index.search(vectorAt(gallery.vectors, 0), { k: 0 })).toEqual([]);
    expect(index.search(vectorAt(gallery.vectors, 0), { k: 1000 })).toHaveLength(40);
    expect(await index.searchBatch(createVectors(new Float32Array(0), dim))).toEqual([]);
    const search = (vector: Float32Array, options = {}) => codeOf(() => index.search(vector, options));
    expect(search(new Float32Array(dim - 1))).toBe('DIMENSION_MISMATCH');
    expect(search(new Float32Array(dim).fill(Number.NaN))).toBe('NON_FINITE');
    expect(search(new Float32Array(dim), { k: -1 })).toBe('INVALID_ARGUMENT');
    expect(search(new Float32Array(dim), { k: 1.5 })).toBe('INVALID_ARGUMENT');
    expect(search(new Float32Array(dim), { partitionsToSearch: 0 })).toBe('INVALID_ARGUMENT');
    expect(search(new Float32Array(dim), { signal: AbortSignal.abort() })).toBe('ABORTED');
    expect(codeOf(() => index.add(gallery))).toBe('DUPLICATE_ID');
    expect(codeOf(() => index.remove(['13-0', 'nobody']))).toBe('UNKNOWN_ID');
    expect(codeOf(() => index.add(createGallery({ ...clusters(2, 14), modelId: 'other' })))).toBe('MODEL_MISMATCH');
    expect(index.count).toBe(40);
    index.dispose();
    index.dispose();
    expect(search(new Float32Array(dim))).toBe('DISPOSED');

    const empty = await buildIndex(part(gallery, []));
    expect(empty.search(new Float32Array(dim))).toEqual([]);
    empty.add(gallery);
    expect(empty.search(vectorAt(gallery.vectors, 3), { k: 1 })[0]!.id).toBe('13-3');
    const codes = await Promise.all(
      [
        { kind: 'partitioned' as const, gallery: part(gallery, []) },
        { kind: 'tree' as 'flat', gallery },
        { partitions: 0, gallery },
        { targetRecall: 2, gallery },
        { signal: AbortSignal.abort(), kind: 'partitioned' as const, gallery },
      ].map(({ gallery: rows, ...options }) =>
        buildIndex(rows, options).then(
          () => undefined,
          (error) => error.code,
        ),
      ),
    );
    expect(codes).toEqual(['EMPTY_GALLERY', 'INVALID_ARGUMENT', 'INVALID_ARGUMENT', 'INVALID_ARGUMENT', 'ABORTED']);
  });

  it('builds from fewer rows than partitions or codewords, and from equal rows', async () => {
    for (const codes of ['pq4', 'pq8', 'int8'] as const) {
      const few = await buildIndex(clusters(5, 15), { kind: 'partitioned', codes, partitions: 200 });
      expect(few.search(vectorAt(clusters(5, 15).vectors, 2), { k: 5, partitionsToSearch: 200 })[0]!.id).toBe('15-2');
      const equal = createGallery({
        vectors: createVectors(new Float32Array(50 * dim).fill(0.5), dim),
        ids: Array.from({ length: 50 }, (_, i) => `${i}`),
      });
      const same = await buildIndex(equal, { kind: 'partitioned', codes, partitions: 4 });
      expect(
        same.search(new Float32Array(dim).fill(1), { k: 3, partitionsToSearch: 4, reorder: 50 }).map(({ id }) => id),
      ).toEqual(['0', '1', '2']);
    }
  });
});

describe('createSearcher', () => {
  it('embeds and searches, and refuses an index of another model', async () => {
    const gallery = clusters(100, 16);
    const index = await buildIndex(gallery);
    const searcher = createSearcher(toy, index);
    const input = [...vectorAt(gallery.vectors, 9)];
    expect(await searcher.search(input, { k: 2 })).toEqual(index.search(input, { k: 2 }));
    expect(await searcher.searchBatch([input, input], { k: 1 })).toHaveLength(2);
    expect(await searcher.searchBatch([])).toEqual([]);
    expect(codeOf(() => createSearcher({ ...toy, id: 'other' }, index))).toBe('MODEL_MISMATCH');
    expect(codeOf(() => createSearcher({ ...toy, dim: 3 }, index))).toBe('DIMENSION_MISMATCH');
  });
});

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
