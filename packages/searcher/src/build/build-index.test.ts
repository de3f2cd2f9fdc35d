import { createGallery, createVectors, vectorAt } from '@nearkin/core';
import { describe, expect, it } from 'vitest';
import { clusters, dim } from '../../test/toy-clusters.js';
import { autoKind, autoPartitions, autoPartitionsToSearch } from './autopilot.js';
import { buildIndex } from './build-index.js';

describe('buildIndex', () => {
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
