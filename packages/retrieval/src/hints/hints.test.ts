import { createGallery, createRng, createVectors, type Gallery } from '@nearkin/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../../test/use-backend.js';
import { findDuplicates } from './find-duplicates.js';
import { leaveOneOut } from './leave-one-out.js';

const gallery = (rows: [string, number, number][]): Gallery =>
  createGallery({
    vectors: createVectors(Float32Array.from(rows.flatMap(([, x, y]) => [x, y])), 2),
    ids: rows.map((_, i) => `r${i}`),
    labels: rows.map(([label]) => label),
  });

for (const backend of ['cpu', 'wasm'] as const)
  describe(`hints on ${backend}`, () => {
    beforeAll(() => useBackend(backend));

    it('find pairs across classes, most similar first', async () => {
      const rows = gallery([
        ['a', 1, 0],
        ['b', 5, 0.1],
        ['a', 2, 0],
        ['b', 0, 1],
        ['c', 0, 3],
        ['c', 0, 0],
      ]);
      const pairs = await findDuplicates(rows, { minSimilarity: 0.99 });
      expect(pairs.map(({ ids }) => ids)).toEqual([
        ['r3', 'r4'],
        ['r0', 'r1'],
        ['r1', 'r2'],
      ]);
      expect(pairs[0]).toEqual({ ids: ['r3', 'r4'], labels: ['b', 'c'], similarity: 1 });
      expect(pairs[1]!.similarity).toBeCloseTo(5 / Math.hypot(5, 0.1), 6);
      const within = await findDuplicates(rows, { minSimilarity: 1, withinClasses: true });
      expect(within.map(({ ids }) => ids)).toEqual([
        ['r0', 'r2'],
        ['r3', 'r4'],
      ]);
      await expect(findDuplicates(rows, { minSimilarity: 2 })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    });

    it('leave one out against brute force, leaving no tensors', async () => {
      const rng = createRng(3);
      const rows = Array.from(
        { length: 300 },
        () => [`c${rng.integer(9)}`, rng.normal(), rng.normal()] as [string, number, number],
      );
      const before = tf.memory().numTensors;
      const seen: number[] = [];
      const { total, correct, disagreements } = await leaveOneOut(gallery(rows), {
        onProgress: ({ done }) => seen.push(done),
      });
      expect(seen).toEqual([128, 256, 300]);
      expect(tf.memory().numTensors).toBe(before);
      const cosine = (i: number, j: number) => {
        const [[, a, b], [, c, d]] = [rows[i]!, rows[j]!];
        return (a * c + b * d) / (Math.hypot(a, b) * Math.hypot(c, d));
      };
      const wrong = rows.flatMap(([label], i) => {
        const others = [...rows.keys()].filter((j) => j !== i);
        const nearest = others.reduce((best, j) => (cosine(i, j) > cosine(i, best) ? j : best));
        return rows[nearest]![0] === label ? [] : [`r${i}`];
      });
      expect(total).toBe(300);
      expect(correct).toBe(300 - wrong.length);
      expect(disagreements.map(({ id }) => id).sort()).toEqual(wrong.sort());
      const gaps = disagreements.map(({ own, other }) => other.score - own.score);
      expect(gaps).toEqual([...gaps].sort((a, b) => b - a));
    });

    it('cannot judge a row that is alone, and stops when told to', async () => {
      const rows = gallery([
        ['a', 1, 0],
        ['b', 1, 0.1],
        ['b', 0, 1],
      ]);
      const { total, disagreements } = await leaveOneOut(rows);
      expect(total).toBe(2);
      expect(disagreements[0]).toMatchObject({ id: 'r1', own: { id: 'r2' }, other: { id: 'r0', label: 'a' } });
      await expect(leaveOneOut(rows, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'ABORTED' });
    });
  });
