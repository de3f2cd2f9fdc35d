import { createGallery, createVectors, vectorAt } from '@nearkin/core';
import { describe, expect, it } from 'vitest';
import { clusters, codeOf, dim, part } from '../../test/toy-clusters.js';
import { buildIndex } from '../build/build-index.js';

describe('an index', () => {
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
});
