import {
  createGallery,
  createRng,
  createVectors,
  type Gallery,
  l2Normalize,
  type Vectors,
  vectorAt,
} from '@nearkin/core';
import { describe, expect, it } from 'vitest';
import { openLazyIndex } from '../file/index-file.js';
import type { SearchIndex } from '../state/search-index.js';
import { fromSnapshot, toSnapshot } from '../state/snapshot.js';
import { buildIndex } from './build-index.js';

const dim = 24;

function gaussian(count: number, seed: number): Vectors {
  const rng = createRng(seed);
  return l2Normalize(createVectors(Float32Array.from({ length: count * dim }, rng.normal), dim));
}

const galleryOf = (vectors: Vectors, prefix = 'row'): Gallery =>
  createGallery({ vectors, ids: Array.from({ length: vectors.count }, (_, i) => `${prefix}-${i}`) });

const base = { kind: 'partitioned', partitions: 24, partitionsToSearch: 3, reorderCandidates: 200, seed: 3 } as const;

/** Partitions that hold each row, by gallery row. */
function placesOf(index: SearchIndex): { places: number[][]; centroids: Float32Array; stride: number } {
  const { header, sections } = toSnapshot(index);
  const words = (name: string) => new Uint32Array(sections.get(name)!.slice().buffer);
  const [offsets, ids] = [words('partition.offsets'), words('row.ids')];
  const places: number[][] = Array.from({ length: header.count }, () => []);
  for (let p = 0; p < header.partitions; p++)
    for (let i = offsets[p]!; i < offsets[p + 1]!; i++) places[ids[i]!]!.push(p);
  const centroids = new Float32Array(sections.get('centroids')!.slice().buffer);
  return { places, centroids, stride: centroids.length / header.partitions };
}

/** The partitions of a row as the paper says, looking at every one. */
function expectedPlaces(
  x: Float32Array,
  centroids: Float32Array,
  { stride, lambda }: { stride: number; lambda: number },
) {
  const partitions = centroids.length / stride;
  const difference = (p: number) => Array.from(x, (value, j) => value - centroids[p * stride + j]!);
  const squares = (v: number[]) => v.reduce((sum, value) => sum + value * value, 0);
  const nearest = (score: (p: number) => number) =>
    Array.from({ length: partitions }, (_, p) => p).reduce((best, p) => (score(p) < score(best) ? p : best), 0);
  const first = nearest((p) => squares(difference(p)));
  const r = difference(first);
  const length = Math.sqrt(squares(r));
  const second = nearest((p) => {
    const d = difference(p);
    const along = d.reduce((sum, value, j) => sum + (value * r[j]!) / length, 0);
    return squares(d) + lambda * along * along;
  });
  return first === second ? [first] : [first, second].sort((a, b) => a - b);
}

describe('SOAR', () => {
  const gallery = galleryOf(gaussian(3000, 1));
  const queries = gaussian(60, 2);

  it('puts the second copy where the loss of the paper is least', async () => {
    for (const lambda of [0, 1, 4]) {
      const index = await buildIndex(galleryOf(gaussian(300, 5)), { ...base, soar: { lambda } });
      const { places, centroids, stride } = placesOf(index);
      places.forEach((found, row) => {
        expect(found).toEqual(expectedPlaces(vectorAt(gaussian(300, 5), row), centroids, { stride, lambda }));
      });
      // Without weight on the residual's direction the first partition is its own second.
      expect(places.some((found) => found.length === 2)).toBe(lambda > 0);
    }
  });

  it('finds more at equal partitions to search, and repeats nothing', async () => {
    const exact = await buildIndex(gallery, { kind: 'flat' });
    const recall = async (soar: number | undefined) => {
      const index = await buildIndex(gallery, { ...base, soar });
      let hits = 0;
      for (let q = 0; q < queries.count; q++) {
        const found = index.search(vectorAt(queries, q)).map(({ id }) => id);
        expect(found).toHaveLength(10);
        expect(new Set(found).size).toBe(10);
        hits += exact.search(vectorAt(queries, q)).filter(({ id }) => found.includes(id)).length;
      }
      return hits / queries.count / 10;
    };
    const [without, withCopies] = [await recall(undefined), await recall(1)];
    expect(withCopies).toBeGreaterThan(without + 0.05);
  });

  it('keeps both copies in step through edits, rebalancing and files', async () => {
    const index = await buildIndex(gallery, { ...base, soar: 1 });
    const consistent = () => {
      const { places } = placesOf(index);
      expect(places.every((found) => found.length === 1 || (found.length === 2 && found[0] !== found[1]))).toBe(true);
      expect(places.filter((found) => found.length === 2).length).toBeGreaterThan(places.length / 2);
      const everything = { k: index.count, partitionsToSearch: 1e6, reorder: 1e6 };
      const all = index.search(vectorAt(queries, 0), everything).map(({ id }) => id);
      expect(new Set(all).size).toBe(index.count);
      expect(all).toHaveLength(index.count);
    };
    consistent();
    index.remove(gallery.ids.filter((_, i) => i % 3 === 0));
    consistent();
    // Many rows in one place: their partition is split.
    const near = Float32Array.from({ length: 1500 * dim }, createRng(8).normal);
    for (let i = 0; i < 1500; i++)
      for (let j = 0; j < dim; j++) near[i * dim + j] = 0.15 * near[i * dim + j]! + gallery.vectors.data[j]!;
    index.add(galleryOf(createVectors(near, dim), 'near'));
    consistent();
    expect(index.rebalance()).toBeGreaterThan(0);
    consistent();
    index.upsert(galleryOf(gaussian(40, 11), 'near'));
    consistent();
    const hits = Array.from({ length: 5 }, (_, q) => index.search(vectorAt(queries, q)));
    const again = await fromSnapshot(toSnapshot(index));
    expect(hits).toEqual(Array.from({ length: 5 }, (_, q) => again.search(vectorAt(queries, q))));
    const lazy = await openLazyIndex(index.toBytes());
    for (const [q, expected] of hits.entries())
      expect((await lazy.search(vectorAt(queries, q))).map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
    lazy.dispose();
  });

  it('refuses files whose copies do not add up', async () => {
    const snapshot = toSnapshot(await buildIndex(galleryOf(gaussian(300, 5)), { ...base, soar: 1 }));
    const { copies = 0 } = snapshot.header;
    expect(copies).toBeGreaterThan(0);
    const { soar: _, ...unspilled } = snapshot.header;
    for (const header of [{ ...snapshot.header, copies: copies - 1 }, unspilled])
      await expect(fromSnapshot({ ...snapshot, header })).rejects.toMatchObject({ code: 'BAD_FORMAT' });
    const ids = new Uint32Array(snapshot.sections.get('row.ids')!.slice().buffer);
    ids[1] = ids[0]!; // twice in one partition
    const sections = new Map([...snapshot.sections, ['row.ids', new Uint8Array(ids.buffer)]]);
    await expect(fromSnapshot({ ...snapshot, sections })).rejects.toMatchObject({ code: 'BAD_FORMAT' });
  });
});
