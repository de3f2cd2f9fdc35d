import { vectorAt } from '@nearkin/core';
import { describe, expect, it } from 'vitest';
import { pictureLikeData } from './picture-like.js';
import { textLikeData } from './text-like.js';

describe('text-like data', () => {
  const data = textLikeData({ name: 'a', count: 2000, queries: 50 });

  it('is the same for the same seed, and another for another', () => {
    expect(textLikeData({ name: 'a', count: 2000, queries: 50 }).rows.data).toEqual(data.rows.data);
    expect(textLikeData({ name: 'a', count: 2000, queries: 50, seed: 9 }).rows.data[0]).not.toBe(data.rows.data[0]);
  });

  it('has rows and queries of length 1', () => {
    for (const vectors of [data.rows, data.queries])
      for (const row of [0, vectors.count - 1])
        expect(vectorAt(vectors, row).reduce((sum, x) => sum + x * x, 0)).toBeCloseTo(1, 5);
  });

  it('asks from another distribution: the two means point apart', () => {
    const mean = (vectors: typeof data.rows) => {
      const sum = new Float64Array(vectors.dim);
      for (let i = 0; i < vectors.data.length; i++) sum[i % vectors.dim]! += vectors.data[i]! / vectors.count;
      return sum;
    };
    const [a, b] = [mean(data.rows), mean(data.queries)];
    const dot = (x: Float64Array, y: Float64Array) => x.reduce((sum, value, i) => sum + value * y[i]!, 0);
    expect(dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b))).toBeLessThan(0.5);
    expect(Math.sqrt(dot(b, b))).toBeGreaterThan(0.3);
  });
});

describe('picture-like data', () => {
  it('is whole grey values, some of them black, that differ between pictures', () => {
    const { rows, queries } = pictureLikeData({ name: 'p', count: 100, queries: 5 });
    expect(rows.dim).toBe(784);
    expect(rows.data.every((value) => Number.isInteger(value) && value >= 0 && value <= 255)).toBe(true);
    const black = rows.data.filter((value) => value === 0).length / rows.data.length;
    expect(black).toBeGreaterThan(0.1);
    expect(black).toBeLessThan(0.8);
    expect(vectorAt(queries, 0)).not.toEqual(vectorAt(rows, 0));
  });
});
