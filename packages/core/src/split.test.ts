import { describe, expect, it } from 'vitest';
import { createGallery } from './gallery.js';
import { splitByLabel } from './split-by-label.js';
import { rowsByLabel, splitGallery } from './split-gallery.js';
import { createVectors } from './vectors.js';

function galleryOf(counts: Record<string, number>) {
  const labels = Object.entries(counts).flatMap(([label, count]) => new Array<string>(count).fill(label));
  const data = Float32Array.from(labels, (_, i) => i);
  return createGallery({ vectors: createVectors(data, 1), ids: labels.map((label, i) => `${label}${i}`), labels });
}

describe('rowsByLabel', () => {
  it('keeps the order of first rows and takes any label', () => {
    expect([...rowsByLabel(['b', '__proto__', 'b'])]).toEqual([
      ['b', [0, 2]],
      ['__proto__', [1]],
    ]);
  });
});

describe('splitGallery', () => {
  const all = galleryOf({ one: 1, two: 2, five: 5 });

  it('takes queries from each class and keeps a row of each', () => {
    const { queries, gallery } = splitGallery(all, { queriesPerLabel: 3, seed: 4 });
    const count = (labels: readonly string[], label: string) => labels.filter((l) => l === label).length;
    expect(['one', 'two', 'five'].map((l) => count(queries.labels, l))).toEqual([0, 1, 3]);
    expect(['one', 'two', 'five'].map((l) => count(gallery.labels, l))).toEqual([1, 1, 2]);
    expect([...queries.ids, ...gallery.ids].sort()).toEqual([...all.ids].sort());
    expect(queries.vectors.data).toEqual(Float32Array.from(queries.ids, (id) => all.ids.indexOf(id)));
  });

  it('repeats itself for a seed and varies with it', () => {
    const ids = (seed: number) => splitGallery(all, { queriesPerLabel: 2, seed }).queries.ids;
    expect(ids(1)).toEqual(ids(1));
    expect(new Set([1, 2, 3, 4, 5].map((seed) => ids(seed).join())).size).toBeGreaterThan(1);
  });

  it('refuses classes of one only, and no queries', () => {
    expect(() => splitGallery(galleryOf({ a: 1, b: 1 }))).toThrowError(
      expect.objectContaining({ code: 'EMPTY_GALLERY' }),
    );
    expect(() => splitGallery(all, { queriesPerLabel: 0 })).toThrowError(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
  });
});

describe('splitByLabel', () => {
  const all = galleryOf(Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`c${i}`, i + 1])));

  it('shares classes out, none in two parts', () => {
    const parts = splitByLabel(all, { fractions: [0.6, 0.2, 0.2], seed: 3 });
    const classes = parts.map((part) => new Set(part.labels));
    expect(classes.map((set) => set.size)).toEqual([6, 2, 2]);
    expect(new Set(classes.flatMap((set) => [...set])).size).toBe(10);
    expect(parts.reduce((sum, part) => sum + part.vectors.count, 0)).toBe(all.vectors.count);
  });

  it('gives every part a class, drops what is beyond the shares, and repeats itself', () => {
    expect(splitByLabel(all, { fractions: [0.98, 0.01, 0.01] }).map((p) => new Set(p.labels).size)).toEqual([8, 1, 1]);
    expect(splitByLabel(all, { fractions: [0.3, 0.2] }).map((p) => new Set(p.labels).size)).toEqual([3, 2]);
    expect(splitByLabel(all, { fractions: [1, 0] }).map((p) => p.vectors.count)).toEqual([55, 0]);
    expect(splitByLabel(all, { fractions: [0.5, 0.5], seed: 9 })).toEqual(
      splitByLabel(all, { fractions: [0.5, 0.5], seed: 9 }),
    );
  });

  it('refuses shares that are none and too few classes', () => {
    for (const fractions of [[], [-0.1, 1], [0.7, 0.7], [0], [Number.NaN]])
      expect(() => splitByLabel(all, { fractions })).toThrowError(
        expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
      );
    expect(() => splitByLabel(galleryOf({ a: 3 }), { fractions: [0.5, 0.5] })).toThrowError(
      expect.objectContaining({ code: 'TOO_FEW_CLASSES' }),
    );
  });
});
