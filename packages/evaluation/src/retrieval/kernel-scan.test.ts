import { createRng, createVectors } from '@nearkin/core';
import { describe, expect, it } from 'vitest';
import { createExactScan } from './exact-scan.js';
import { createKernelScan } from './kernel-scan.js';

describe('createKernelScan', () => {
  const rng = createRng(21);
  /** Integers up to 3: sums are exact in single precision too, and most scores are tied. */
  const integers = (count: number, dim: number) =>
    createVectors(
      Float32Array.from({ length: count * dim }, () => rng.integer(4)),
      dim,
    );

  it('gives the rows and scores of the reference, ties included', async () => {
    for (const dim of [1, 3, 8, 13]) {
      const gallery = integers(203, dim);
      const queries = integers(37, dim);
      for (const distance of ['dot', 'squaredEuclidean', 'manhattan'] as const)
        for (const k of [1, 10, 203]) {
          const expected = await createExactScan(gallery, distance).search(queries, { k });
          const scan = await createKernelScan(gallery, { distance, workers: 2 });
          const found = await scan.search(queries, { k });
          expect([...found.indices], `${distance} ${dim} ${k}`).toEqual([...expected.indices]);
          expect([...found.scores]).toEqual([...expected.scores]);
        }
    }
  });

  it('scores copies of a vector alike, wherever they stand', async () => {
    const dim = 21;
    const vector = Float32Array.from({ length: dim }, rng.normal);
    const gallery = createVectors(
      Float32Array.from({ length: 45 * dim }, (_, i) => vector[i % dim]!),
      dim,
    );
    const queries = createVectors(Float32Array.from({ length: 3 * dim }, rng.normal), dim);
    for (const distance of ['cosine', 'dot', 'euclidean'] as const) {
      const scan = await createKernelScan(gallery, { distance, workers: 1 });
      const { indices, scores } = await scan.search(queries, { k: 45 });
      for (let q = 0; q < 3; q++) {
        expect([...indices.subarray(q * 45, q * 45 + 45)]).toEqual(Array.from({ length: 45 }, (_, i) => i));
        expect(new Set(scores.subarray(q * 45, q * 45 + 45)).size).toBe(1);
      }
    }
    const own = await (await createKernelScan(gallery, { distance: 'euclidean', workers: 1 })).search(
      createVectors(vector, dim),
      { k: 1 },
    );
    expect(own.scores[0]).toBe(0);
  });

  it('is as near to the reference as single precision allows', async () => {
    const dim = 64;
    const normal = (count: number) => createVectors(Float32Array.from({ length: count * dim }, rng.normal), dim);
    const gallery = normal(300);
    const queries = normal(20);
    for (const distance of ['cosine', 'euclidean'] as const) {
      const expected = await createExactScan(gallery, distance).search(queries, { k: 300 });
      const found = await (await createKernelScan(gallery, { distance, workers: 2 })).search(queries, { k: 300 });
      found.scores.forEach((score, i) => {
        expect(Math.abs(score - expected.scores[i]!)).toBeLessThan(1e-5 * Math.max(1, Math.abs(score)));
      });
    }
  });
});
