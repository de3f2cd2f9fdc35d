import { createGallery, createRng, createVectors, vectorAt } from '@nearkin/core';
import { describe, expect, it } from 'vitest';
import { buildIndex } from '../build/build-index.js';
import { openIndex } from '../file/index-file.js';
import { toSnapshot } from '../state/to-snapshot.js';
import { adaptiveWidths } from './partition-gap.js';

const dim = 20;

/** Rows about many centres, so that some queries have one near centroid and others have several. */
function rowsAbout(centres: number, count: number, seed: number): Float32Array {
  const rng = createRng(seed);
  const places = Float32Array.from({ length: centres * dim }, rng.normal);
  const data = new Float32Array(count * dim);
  for (let i = 0; i < count; i++) {
    const centre = rng.integer(centres);
    for (let j = 0; j < dim; j++) data[i * dim + j] = places[centre * dim + j]! + 0.6 * rng.normal();
  }
  return data;
}

const gallery = createGallery({
  vectors: createVectors(rowsAbout(30, 2000, 1), dim),
  ids: Array.from({ length: 2000 }, (_, i) => `r${i}`),
  labels: new Array<string>(2000).fill(''),
});
const queries = createVectors(rowsAbout(30, 40, 1), dim);

describe.each(['cosine', 'dot', 'squaredL2'] as const)('a partition gap under %s', (metric) => {
  const options = { kind: 'partitioned', partitions: 24, metric, seed: 3, reorder: 'float32' } as const;
  const fixed = { ...options, partitionsToSearch: 6, reorderCandidates: 200 };

  it('searches the partitions whose rank is near the best, and no others, on every engine the same', async () => {
    const gap = metric === 'squaredL2' ? 12 : metric === 'dot' ? 1.2 : 0.15;
    const answers = [];
    for (const engine of [{ relaxed: false }, { engine: 'js' }] as const) {
      const index = await buildIndex(gallery, { ...fixed, ...engine });
      const { state } = index;
      const centroids = state.kernels.memory.f32(state.centroids, 24 * state.stride).slice();
      const answer = [];
      for (let q = 0; q < queries.count; q++) {
        const query = vectorAt(queries, q);
        const length = Math.hypot(...query);
        const unit = metric === 'cosine' ? query.map((x) => x / length) : query;
        const ranks = Array.from({ length: 24 }, (_, p) => {
          const centroid = centroids.subarray(p * state.stride, p * state.stride + dim);
          const dot = unit.reduce((sum, x, j) => sum + x * centroid[j]!, 0);
          return metric === 'squaredL2' ? dot - centroid.reduce((sum, c) => sum + c * c, 0) / 2 : dot;
        });
        const limit = Math.max(...ranks) - gap * (metric === 'dot' ? length : 1);
        const near = ranks.filter((rank) => rank >= limit).length;
        const hits = index.search(query, { k: 5, partitionsToSearch: 24, partitionGap: gap });
        expect(hits).toEqual(index.search(query, { k: 5, partitionsToSearch: near }));
        answer.push(hits, near);
      }
      expect(new Set(answer.filter((x) => typeof x === 'number')).size).toBeGreaterThan(2);
      answers.push(answer);
    }
    expect(answers[1]).toEqual(answers[0]);
  });

  it('is tuned so that the average query looks into as many partitions as wanted', async () => {
    const { state } = await buildIndex(gallery, fixed);
    const prepared =
      metric === 'cosine'
        ? createVectors(
            queries.data.map((x, i) => x / Math.hypot(...vectorAt(queries, Math.floor(i / dim)))),
            dim,
          )
        : queries;
    for (const [i, width] of adaptiveWidths(state, prepared, [1, 3, 6, 24]).entries()) {
      const mean = [1, 3, 6, 24][i]!;
      expect(width.partitionsToSearch).toBe(Math.min(24, mean === 24 ? 24 : 4 * mean));
      expect(Math.abs(width.mean - mean)).toBeLessThanOrEqual(mean === 24 ? 0 : 0.25);
    }
  });

  it('becomes the default of a tuned index, survives the file, and gives way to a count', async () => {
    const index = await buildIndex(gallery, { ...options, targetRecall: 0.9 });
    const { search } = index.stats();
    expect(search.partitionGap).toBeGreaterThan(0);
    const query = vectorAt(queries, 0);
    const again = await openIndex(index.toBytes());
    expect(again.search(query)).toEqual(index.search(query));
    const all = { partitionsToSearch: search.partitionsToSearch, partitionGap: Number.POSITIVE_INFINITY };
    expect(index.search(query, { partitionsToSearch: search.partitionsToSearch })).toEqual(index.search(query, all));
    expect(toSnapshot(again).header.search).toEqual(search);
  });

  it('still finds k rows where the near partitions have fewer', async () => {
    const index = await buildIndex(gallery, fixed);
    expect(index.search(vectorAt(queries, 0), { k: 1500, partitionsToSearch: 24, partitionGap: 0 })).toHaveLength(1500);
  });
});

it('must not be negative, and a filter no bare function', async () => {
  const index = await buildIndex(gallery, { kind: 'partitioned', partitions: 4, partitionsToSearch: 2 });
  const query = vectorAt(queries, 0);
  for (const partitionGap of [-1, Number.NaN])
    expect(() => index.search(query, { partitionGap })).toThrow('Expected partitionGap to be a number of at least 0');
  expect(() => index.search(query, { filter: (() => true) as never })).toThrow('Expected filter to be');
});
