import { createRng, createVectors, vectorAt } from '@nearkin/core';
import { expect, test } from 'vitest';
import { projectUmap } from './project-umap.js';

/** Three well separated clusters of 15 rows in 8 dimensions. */
function clusters() {
  const rng = createRng(2);
  const data = Float32Array.from({ length: 45 * 8 }, (_, i) => {
    const [row, column] = [Math.floor(i / 8), i % 8];
    return (column === row % 3 ? 10 : 0) + rng.uniform();
  });
  return createVectors(data, 8);
}

test('neighbours stay neighbours', async () => {
  const { coordinates } = await projectUmap(clusters(), { neighbors: 8, epochs: 100, seed: 1 });
  expect([coordinates.count, coordinates.dim]).toEqual([45, 2]);
  const distance = (a: number, b: number) => {
    const [x, y] = [vectorAt(coordinates, a), vectorAt(coordinates, b)];
    return Math.hypot(x[0]! - y[0]!, x[1]! - y[1]!);
  };
  for (let row = 0; row < 45; row++) {
    const others = Array.from({ length: 45 }, (_, other) => other).filter((other) => other !== row);
    const nearest = others.reduce((best, other) => (distance(row, other) < distance(row, best) ? other : best));
    expect(nearest % 3).toBe(row % 3);
  }
});

test('the same seed gives the same map, another seed another', async () => {
  const run = async (seed: number) => {
    const { coordinates } = await projectUmap(clusters(), { neighbors: 8, epochs: 20, seed });
    return [...coordinates.data];
  };
  const first = await run(7);
  expect(await run(7)).toEqual(first);
  expect(await run(8)).not.toEqual(first);
});

test('fewer rows than neighbours, and identical rows, still give finite places', async () => {
  const { coordinates } = await projectUmap(createVectors(new Float32Array(5 * 3).fill(1), 3), { epochs: 5 });
  expect(coordinates.data.every(Number.isFinite)).toBe(true);
});

test('reports progress, and can be cancelled between rounds', async () => {
  const controller = new AbortController();
  const seen: number[] = [];
  const job = projectUmap(clusters(), {
    epochs: 200,
    signal: controller.signal,
    onProgress: ({ done }) => {
      seen.push(done);
      if (done === 50) controller.abort();
    },
  });
  await expect(job).rejects.toMatchObject({ code: 'ABORTED' });
  expect(seen).toEqual([25, 50]);
});

test('refuses what cannot be laid out', async () => {
  await expect(projectUmap(createVectors(new Float32Array(6), 2))).rejects.toMatchObject({ code: 'EMPTY_GALLERY' });
  await expect(projectUmap(clusters(), { neighbors: 1 })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  await expect(projectUmap(clusters(), { minDistance: 2 })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  const bad = createVectors(
    Float32Array.from({ length: 8 }, () => Number.NaN),
    2,
  );
  await expect(projectUmap(bad)).rejects.toMatchObject({ code: 'NON_FINITE' });
});
