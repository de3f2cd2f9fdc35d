import { createGallery, createRng, createVectors, NearkinError } from '@nearkin/core';
import { describe, expect, it } from 'vitest';
import { rankedMetrics } from '../ranked/ranked-metrics.js';
import { type EvaluateRetrievalOptions, evaluateRetrieval } from './evaluate-retrieval.js';
import type { RetrievalDistance } from './retrieval-distance.js';

/** Small integers, so that distances are exact and ties are many. */
function randomGallery(seed: number, shape: { count: number; dim: number; classes: number; levels?: number }) {
  const rng = createRng(seed);
  const { count, dim, classes, levels = 3 } = shape;
  return createGallery({
    vectors: createVectors(
      Float32Array.from({ length: count * dim }, () => 1 + rng.integer(levels)),
      dim,
    ),
    ids: Array.from({ length: count }, (_, i) => `${rng.integer(1000)}-${i}`),
    labels: Array.from({ length: count }, () => `class ${rng.integer(classes)}`),
  });
}

const plainScore: Record<RetrievalDistance, (a: Float32Array, b: Float32Array) => number> = {
  dot: (a, b) => a.reduce((sum, x, i) => sum + x * b[i]!, 0),
  cosine: (a, b) => plainScore.dot(a, b) / Math.hypot(...a) / Math.hypot(...b),
  euclidean: (a, b) => -Math.hypot(...a.map((x, i) => x - b[i]!)),
  squaredEuclidean: (a, b) => -a.reduce((sum, x, i) => sum + (x - b[i]!) ** 2, 0),
  manhattan: (a, b) => -a.reduce((sum, x, i) => sum + Math.abs(x - b[i]!), 0),
};

/** The dense answer: all scores of all pairs, handed to rankedMetrics. */
function dense(options: EvaluateRetrievalOptions, self: (q: number) => number) {
  const { queries, k = [1, 5, 10], distance = 'cosine', ties = 'index' } = options;
  const gallery = options.gallery ?? queries;
  const row = (side: typeof queries, i: number) =>
    side.vectors.data.slice(i * side.vectors.dim, (i + 1) * side.vectors.dim);
  const others = Array.from({ length: queries.vectors.count }, (_, q) =>
    Array.from({ length: gallery.vectors.count }, (_, i) => i).filter((i) => i !== self(q)),
  );
  return rankedMetrics({
    relevance: others.map((rows, q) => rows.map((i) => (gallery.labels[i] === queries.labels[q] ? 1 : 0))),
    scores: others.map((rows, q) => rows.map((i) => plainScore[distance](row(queries, q), row(gallery, i)))),
    ids: gallery.ids ? others.map((rows) => rows.map((i) => gallery.ids![i]!)) : undefined,
    labels: queries.labels,
    k,
    ties,
  });
}

function pick(keys: readonly string[], values: Readonly<Record<string, number | null>> | null | undefined) {
  return Object.fromEntries(keys.map((key) => [key, values?.[key]]));
}

function expectClose(received: Readonly<Record<string, number | null>>, expected: typeof received, note: string) {
  for (const [key, value] of Object.entries(received))
    if (value === null) expect(expected[key], `${note} ${key}`).toBeNull();
    else expect(value, `${note} ${key}`).toBeCloseTo(expected[key]!, 12);
}

describe('evaluateRetrieval', () => {
  it('equals the dense computation for every distance, tie policy and chunk size', async () => {
    for (const distance of ['dot', 'squaredEuclidean', 'euclidean', 'manhattan'] as const) {
      const queries = randomGallery(3, { count: 60, dim: 3, classes: 4 });
      for (const ties of ['index', 'trec', 'optimistic', 'pessimistic', 'expected'] as const) {
        const options = { queries, distance, ties, k: [1, 3, 7], chunkSize: 17 };
        const expected = dense(options, (q) => q);
        const whole = await evaluateRetrieval(options);
        expectClose(whole.mean, expected.mean, `${distance} ${ties}`);
        expectClose(whole.macro!, expected.macro!, `${distance} ${ties} macro`);
        expect(whole.cmc.length).toBe(7);
        const kernels = await evaluateRetrieval({ ...options, engine: 'wasm', workers: 2 });
        expectClose(kernels.mean, expected.mean, `${distance} ${ties} kernels`);
        // Only what max(k, R) needs: tied groups must still be whole.
        const cut = await evaluateRetrieval({ ...options, wholeList: false });
        expect(Object.keys(cut.mean)).not.toContain('averagePrecision');
        expectClose(cut.mean, expected.mean, `${distance} ${ties} cut`);
        const short = await evaluateRetrieval({ ...options, k: 2, wholeList: false, atR: false });
        expectClose(short.mean, dense({ ...options, k: 2 }, (q) => q).mean, `${distance} ${ties} short`);
      }
    }
  });

  it('ranks by cosine whatever the lengths', async () => {
    const rng = createRng(5);
    const vectors = createVectors(Float32Array.from({ length: 80 * 6 }, rng.normal), 6);
    const queries = { vectors, labels: Array.from({ length: 80 }, (_, i) => i % 5) };
    expectClose((await evaluateRetrieval({ queries })).mean, dense({ queries }, (q) => q).mean, 'cosine');
  });

  it('retrieves R rows where R is larger than k', async () => {
    const queries = randomGallery(9, { count: 90, dim: 4, classes: 2, levels: 50 });
    const result = await evaluateRetrieval({ queries, k: 1, distance: 'dot', wholeList: false });
    const keys = ['apAtR', 'rPrecision'];
    expectClose(pick(keys, result.mean) as never, dense({ queries, distance: 'dot' }, (q) => q).mean, 'at R');
  });

  it('leaves the query out by its row, not as the first result', async () => {
    // Duplicates stand before and after the query, and its own cosine is not the largest dot product.
    const queries = {
      vectors: createVectors(new Float32Array([1, 1, 1, 1, 9, 9, 1, 1]), 2),
      labels: ['a', 'b', 'b', 'a'],
      ids: ['p', 'q', 'r', 's'],
    };
    const result = await evaluateRetrieval({ queries, distance: 'dot', k: 1, neighbors: 3 });
    expect(result.neighbors?.map(({ indices }) => indices)).toEqual([
      [2, 1, 3],
      [2, 0, 3],
      [0, 1, 3],
      [2, 0, 1],
    ]);
    const kept = await evaluateRetrieval({ queries, distance: 'dot', k: 1, neighbors: 1, excludeSelf: false });
    expect(kept.neighbors?.map(({ indices }) => indices)).toEqual([[2], [2], [2], [2]]);
    expect(kept.neighbors?.[0]?.scores).toEqual([18]);
  });

  it('finds the query in another gallery by id', async () => {
    const gallery = randomGallery(4, { count: 40, dim: 3, classes: 3 });
    const rows = [30, 2, 17];
    const { data, dim } = gallery.vectors;
    const queries = {
      vectors: createVectors(Float32Array.from(rows.flatMap((r) => [...data.slice(r * dim, (r + 1) * dim)])), dim),
      labels: rows.map((r) => gallery.labels[r]!),
      ids: rows.map((r) => gallery.ids[r]!),
    };
    const options = { queries, gallery, distance: 'dot' as const, excludeSelf: true };
    expectClose((await evaluateRetrieval(options)).mean, dense(options, (q) => rows[q]!).mean, 'by id');
  });

  it('takes relevant rows instead of labels', async () => {
    const queries = {
      vectors: createVectors(new Float32Array([0, 1, 2, 5]), 1),
      labels: ['', '', '', ''],
    };
    const result = await evaluateRetrieval({
      queries,
      relevantRows: [[2, 0, 2], [0], [], [1, 2]],
      distance: 'euclidean',
      k: 1,
    });
    expect(result.perQuery?.['hitRate@1']).toEqual([0, 1, null, 1]);
    expect(result.perQuery?.['recall@1']).toEqual([0, 1, null, 0.5]);
    expect(result.perQuery?.['averagePrecision']).toEqual([0.5, 1, null, 1]);
  });

  it('asks an index when given one', async () => {
    const gallery = randomGallery(12, { count: 50, dim: 3, classes: 4 });
    const exact = await evaluateRetrieval({ queries: gallery, distance: 'dot', neighbors: 50 });
    const asked: number[] = [];
    const result = await evaluateRetrieval({
      queries: gallery,
      k: [1, 5, 10],
      chunkSize: 20,
      search(queries, { k }) {
        asked.push(queries.count);
        return Array.from({ length: queries.count }, (_, q) => {
          const query = queries.data.slice(q * 3, q * 3 + 3);
          return Array.from({ length: 50 }, (_, row) => ({
            id: gallery.ids[row]!,
            score: plainScore.dot(query, gallery.vectors.data.slice(row * 3, row * 3 + 3)),
          }))
            .sort((a, b) => b.score - a.score)
            .slice(0, k);
        });
      },
    });
    expect(asked).toEqual([20, 20, 10]);
    expectClose(result.mean, exact.mean, 'index');
  });

  it('behaves where all embeddings are the same: every order is as likely', async () => {
    const queries = {
      vectors: createVectors(new Float32Array(30 * 4).fill(0.3), 4),
      labels: Array.from({ length: 30 }, (_, i) => (i < 10 ? 'a' : 'b')),
    };
    const { perQuery } = await evaluateRetrieval({ queries, ties: 'expected', k: 1, wholeList: false });
    expect(perQuery?.['hitRate@1']?.[0]).toBeCloseTo(9 / 29, 14);
    expect(perQuery?.['rPrecision']?.[29]).toBeCloseTo(19 / 29, 14);
    const zeros = { ...queries, vectors: createVectors(new Float32Array(120), 4) };
    expect((await evaluateRetrieval({ queries: zeros, k: 1 })).mean['hitRate@1']).toBeCloseTo((10 + 0) / 30, 14);
  });

  it('scores one class as perfect, and skips queries of classes with one sample', async () => {
    const queries = randomGallery(1, { count: 12, dim: 2, classes: 1 });
    const { mean } = await evaluateRetrieval({ queries, k: 20 });
    expect(mean['hitRate@20']).toBe(1);
    expect(mean.apAtR).toBeCloseTo(1, 14);
    expect(mean['precision@20']).toBeCloseTo(11 / 20, 14);
    const lone = { vectors: createVectors(new Float32Array([1, 2, 3]), 1), labels: ['a', 'b', 'b'] };
    const result = await evaluateRetrieval({ queries: lone, distance: 'euclidean', k: 1 });
    expect(result.undefinedQueries).toBe(1);
    expect(result.perQuery?.['hitRate@1']).toEqual([null, 0, 1]);
  });

  it('reports progress and stops when told to', async () => {
    const queries = randomGallery(2, { count: 30, dim: 2, classes: 2 });
    const done: number[] = [];
    await evaluateRetrieval({ queries, chunkSize: 12, onProgress: (progress) => done.push(progress.done) });
    expect(done).toEqual([12, 24, 30]);
    const controller = new AbortController();
    const job = evaluateRetrieval({
      queries,
      chunkSize: 5,
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    await expect(job).rejects.toMatchObject({ code: 'ABORTED' });
  });

  it('stops inside one large chunk too', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort());
    const queries = { vectors: createVectors(new Float32Array(2000 * 64), 64), labels: new Uint8Array(2000) };
    const job = evaluateRetrieval({ queries, engine: 'js', chunkSize: 2000, signal: controller.signal });
    await expect(job).rejects.toMatchObject({ code: 'ABORTED' });
  });

  it('refuses bad input by code', async () => {
    const good = randomGallery(6, { count: 6, dim: 2, classes: 2 });
    const code = (options: Partial<EvaluateRetrievalOptions>) =>
      evaluateRetrieval({ queries: good, ...options }).then(
        () => 'no error',
        (error) => (error instanceof NearkinError ? error.code : error),
      );
    const empty = { vectors: createVectors(new Float32Array(0), 2), labels: [] };
    expect(await code({ queries: empty })).toBe('EMPTY_GALLERY');
    expect(await code({ gallery: empty })).toBe('EMPTY_GALLERY');
    expect(await code({ k: 0 })).toBe('INVALID_ARGUMENT');
    expect(await code({ queries: { ...good, labels: ['a'] } })).toBe('INVALID_ARGUMENT');
    expect(await code({ gallery: { vectors: createVectors(new Float32Array(3), 3), labels: ['a'] } })).toBe(
      'DIMENSION_MISMATCH',
    );
    const bad = createVectors(Float32Array.from([1, Number.NaN]), 2);
    expect(await code({ gallery: { vectors: bad, labels: ['a'] } })).toBe('NON_FINITE');
    expect(await code({ queries: { ...good, labels: [1, 2, 3, 4, 5, 6] } })).toBe('NO_POSITIVES');
    expect(await code({ gallery: { ...good, labels: [1, 2, 3, 4, 5, 6] } })).toBe('UNKNOWN_LABEL');
    expect(await code({ distance: 'hamming' as RetrievalDistance })).toBe('INVALID_ARGUMENT');
    expect(await code({ queries: { vectors: good.vectors, labels: good.labels }, ties: 'trec' })).toBe(
      'INVALID_ARGUMENT',
    );
    expect(await code({ relevantRows: [[0]] })).toBe('INVALID_ARGUMENT');
    expect(await code({ relevantRows: [[9], [], [], [], [], []] })).toBe('INVALID_ARGUMENT');
    expect(await code({ search: () => [] })).toBe('INVALID_ARGUMENT');
    expect(await code({ search: (q) => Array.from({ length: q.count }, () => [{ id: 'x', score: 1 }]) })).toBe(
      'UNKNOWN_ID',
    );
  });
});
