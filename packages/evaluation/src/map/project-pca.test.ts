import { createRng, createVectors, vectorAt } from '@nearkin/core';
import { expect, test } from 'vitest';
import { projectPca } from './project-pca.js';

function noisy(options: { count: number; spreads: readonly number[]; seed?: number; offset?: number }) {
  const rng = createRng(options.seed ?? 3);
  const dim = options.spreads.length;
  const data = Float32Array.from({ length: options.count * dim }, (_, i) => {
    return (options.offset ?? 0) + options.spreads[i % dim]! * (rng.uniform() - 0.5);
  });
  return createVectors(data, dim);
}

/** The full covariance problem by cyclic Jacobi rotations: another method, for small dimensions. */
function jacobi(vectors: { data: Float32Array; dim: number; count: number }): number[] {
  const { data, dim, count } = vectors;
  const mean = Array.from({ length: dim }, (_, i) => {
    let sum = 0;
    for (let row = 0; row < count; row++) sum += data[row * dim + i]!;
    return sum / count;
  });
  const a = mean.map((_, i) =>
    mean.map((_, j) => {
      let sum = 0;
      for (let row = 0; row < count; row++)
        sum += (data[row * dim + i]! - mean[i]!) * (data[row * dim + j]! - mean[j]!);
      return sum;
    }),
  );
  for (let sweep = 0; sweep < 30; sweep++)
    for (let p = 0; p < dim; p++)
      for (let q = p + 1; q < dim; q++) {
        const theta = 0.5 * Math.atan2(2 * a[p]![q]!, a[q]![q]! - a[p]![p]!);
        const [c, s] = [Math.cos(theta), Math.sin(theta)];
        for (let k = 0; k < dim; k++) {
          const [x, y] = [a[k]![p]!, a[k]![q]!];
          a[k]![p] = c * x - s * y;
          a[k]![q] = s * x + c * y;
        }
        for (let k = 0; k < dim; k++) {
          const [x, y] = [a[p]![k]!, a[q]![k]!];
          a[p]![k] = c * x - s * y;
          a[q]![k] = s * x + c * y;
        }
      }
  return a.map((row, i) => row[i]!).sort((x, y) => y - x);
}

test('a case worked by hand', () => {
  // Mean (2, 1). Variance 4·2 along (3, 4)/5 and 1·2 along (4, -3)/5, squared distances 8 and 2 of 10 in all.
  const rows = [
    [2 + 2 * 0.6, 1 + 2 * 0.8],
    [2 - 2 * 0.6, 1 - 2 * 0.8],
    [2 + 0.8, 1 - 0.6],
    [2 - 0.8, 1 + 0.6],
  ];
  const { coordinates, components, explained } = projectPca(createVectors(Float32Array.from(rows.flat()), 2));
  expect([...components.data].map((value) => Number(value.toFixed(5)))).toEqual([0.6, 0.8, 0.8, -0.6]);
  expect([...coordinates.data].map((value) => Math.round(value * 1e5) / 1e5 + 0)).toEqual([2, 0, -2, 0, 0, 1, 0, -1]);
  expect(explained).toEqual([expect.closeTo(0.8, 6), expect.closeTo(0.2, 6)]);
});

test('agrees with Jacobi rotations of the whole covariance matrix', () => {
  const vectors = noisy({ count: 60, spreads: [1, 3, 0.5, 2.9, 2, 0.1, 1.5], offset: 50 });
  const all = jacobi(vectors);
  const total = all.reduce((a, b) => a + b);
  const { explained, components } = projectPca(vectors, { components: 7 });
  explained!.forEach((share, i) => {
    expect(share).toBeCloseTo(all[i]! / total, 9);
  });
  for (let i = 0; i < 7; i++)
    for (let j = 0; j < 7; j++) {
      const [a, b] = [vectorAt(components, i), vectorAt(components, j)];
      expect(a.reduce((sum, value, k) => sum + value * b[k]!, 0)).toBeCloseTo(i === j ? 1 : 0, 6);
    }
});

test('mean and all components give the rows back', () => {
  const vectors = noisy({ count: 9, spreads: [1, 2, 3, 4], offset: -7 });
  const { coordinates, components } = projectPca(vectors, { components: 4 });
  const mean = [0, 1, 2, 3].map((i) => {
    let sum = 0;
    for (let row = 0; row < 9; row++) sum += vectors.data[row * 4 + i]! / 9;
    return sum;
  });
  for (let row = 0; row < 9; row++)
    for (let i = 0; i < 4; i++) {
      let value = mean[i]!;
      for (let c = 0; c < 4; c++) value += coordinates.data[row * 4 + c]! * components.data[c * 4 + i]!;
      expect(value).toBeCloseTo(vectors.data[row * 4 + i]!, 4);
    }
});

test('more dimensions than rows', () => {
  const { explained } = projectPca(noisy({ count: 5, spreads: new Array(300).fill(1) }), { components: 5 });
  // Five rows span four dimensions around their mean.
  expect(explained!.slice(0, 4).reduce((a, b) => a + b)).toBeCloseTo(1, 9);
  expect(explained![4]).toBe(0);
});

test('equal variances each get a component', () => {
  const cross = createVectors(Float32Array.from([3, 0, 0, -3, 0, 0, 0, 3, 0, 0, -3, 0, 0, 0, 1, 0, 0, -1]), 3);
  expect(projectPca(cross, { components: 3 }).explained).toEqual([
    expect.closeTo(18 / 38, 9),
    expect.closeTo(18 / 38, 9),
    expect.closeTo(2 / 38, 9),
  ]);
});

test('the largest coefficient of a component is positive, whichever way the rows are turned', () => {
  const vectors = noisy({ count: 40, spreads: [4, 1, 2] });
  const turned = createVectors(
    vectors.data.map((value) => -value),
    3,
  );
  for (const side of [vectors, turned]) {
    const { components } = projectPca(side);
    for (const row of [0, 1]) {
      const largest = vectorAt(components, row).reduce((most, value) =>
        Math.abs(value) > Math.abs(most) ? value : most,
      );
      expect(largest).toBeGreaterThan(0);
    }
  }
});

test('the same bits on every host', () => {
  const { coordinates } = projectPca(noisy({ count: 200, spreads: Array.from({ length: 32 }, (_, i) => 1 + i / 40) }));
  const bits = new Uint32Array(coordinates.data.buffer).reduce((hash, word) => Math.imul(hash ^ word, 0x01000193), 7);
  expect(bits >>> 0).toMatchInlineSnapshot(`395448481`);
});

test('rows past the size of a matrix give the same components', () => {
  // 20 rows of 600 dimensions go by their own matrix; 600 of them, the same over and over, by products with the rows.
  const rows = noisy({ count: 20, spreads: Array.from({ length: 600 }, (_, i) => 1 + (i % 30)) });
  const over = createVectors(new Float32Array(600 * 600), 600);
  for (let i = 0; i < 30; i++) over.data.set(rows.data, i * rows.data.length);
  const [few, many] = [projectPca(rows), projectPca(over)];
  few.components.data.forEach((value, i) => {
    expect(many.components.data[i]).toBeCloseTo(value, 5);
  });
  expect(many.explained![1]).toBeCloseTo(few.explained![1]!, 9);
});

test('rows that do not vary lie on one point', () => {
  const same = projectPca(createVectors(new Float32Array(28).fill(0.1), 4));
  expect([...same.coordinates.data]).toEqual(new Array(14).fill(0));
  expect(same.explained).toBeNull();
  expect([...projectPca(createVectors(Float32Array.of(1, 5), 1)).coordinates.data]).toEqual([
    expect.closeTo(-2, 6),
    0,
    expect.closeTo(2, 6),
    0,
  ]);
});

test('refuses no rows, numbers that are not finite, and no components', () => {
  const code = (run: () => unknown) => expect(run).toThrow(expect.objectContaining({ name: 'NearkinError' }));
  code(() => projectPca(createVectors(new Float32Array(0), 2)));
  code(() => projectPca(createVectors(Float32Array.of(1, Number.NaN), 2)));
  code(() => projectPca(createVectors(Float32Array.of(1, 2), 2), { components: 0 }));
  expect(() => projectPca(createVectors(Float32Array.of(1, 2, 3, 4), 2), { signal: AbortSignal.abort() })).toThrow(
    expect.objectContaining({ code: 'ABORTED' }),
  );
});
