import { createGallery, createVectors, vectorAt } from '@nearkin/core';
import { describe, expect, it } from 'vitest';
import { clusters, dim, part } from '../test/toy-clusters.js';
import { buildIndex } from './build/build-index.js';

describe('a living index', () => {
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
});
