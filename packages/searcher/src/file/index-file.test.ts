import { type Gallery, vectorAt } from '@nearkin/core';
import { describe, expect, it } from 'vitest';
import { sameBytes } from '../../test/same-bytes.js';
import { smallGallery } from '../../test/small-gallery.js';
import { buildIndex } from '../build/build-index.js';
import type { BuildIndexOptions } from '../build/build-options.js';
import type { SearchIndex } from '../state/search-index.js';
import { openIndex, openLazyIndex } from './index-file.js';

const gallery = smallGallery();
const queries = smallGallery({ count: 20, seed: 2 });
const eachQuery = (from: Gallery) => Array.from({ length: from.vectors.count }, (_, i) => vectorAt(from.vectors, i));
const answers = (index: SearchIndex) => eachQuery(queries).map((query) => index.search(query, { k: 7 }));

const kinds: BuildIndexOptions[] = [
  { kind: 'flat' },
  { kind: 'flatInt8', metric: 'squaredL2' },
  { kind: 'partitioned', partitions: 10 },
  { kind: 'partitioned', partitions: 10, metric: 'squaredL2', reorder: 'bf16' },
  { kind: 'partitioned', partitions: 10, metric: 'dot', codes: 'pq8', reorder: 'float32' },
  { kind: 'partitioned', partitions: 10, codes: 'int8', reorder: 'none' },
];

describe.each(kinds)('an index in a file: %o', (options) => {
  it('answers as before, also from JavaScript alone, also partition by partition', async () => {
    const index = await buildIndex(gallery, options);
    index.remove(['photo 5', 'photo 17']);
    const bytes = index.toBytes();
    const expected = answers(index);
    const back = await openIndex(bytes, { modelId: 'model-a' });
    expect(answers(back)).toEqual(expected);
    expect(back.stats()).toMatchObject({ count: 598, kind: options.kind, modelId: 'model-a' });
    expect(sameBytes(back.toBytes(), bytes)).toBe(true);
    const lazy = await openLazyIndex(bytes);
    const found = await Promise.all(eachQuery(queries).map((query) => lazy.search(query, { k: 7 })));
    expect(found).toEqual(expected);
    const plain = await openIndex(bytes, { engine: 'js' });
    expect(answers(plain).map((hits) => hits.map(({ id }) => id))).toEqual(
      expected.map((hits) => hits.map(({ id }) => id)),
    );
    for (const open of [index, back, lazy, plain]) open.dispose();
  });
});

describe('openIndex', () => {
  it('names another embedder, damage and what is no index', async () => {
    const bytes = (await buildIndex(gallery, { kind: 'flat' })).toBytes();
    await expect(openIndex(bytes, { modelId: 'model-b' })).rejects.toMatchObject({ code: 'MODEL_MISMATCH' });
    await expect(openLazyIndex(bytes, { modelId: 'model-b' })).rejects.toMatchObject({ code: 'MODEL_MISMATCH' });
    await expect(openIndex(bytes.subarray(0, 500))).rejects.toMatchObject({ code: 'BAD_FORMAT' });
    await expect(openIndex(new Uint8Array(0))).rejects.toMatchObject({ code: 'BAD_FORMAT' });
    await expect(openIndex(bytes, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'ABORTED' });
  });

  it('keeps an empty index', async () => {
    const index = await buildIndex(gallery, { kind: 'flat' });
    index.remove(gallery.ids);
    const back = await openIndex(index.toBytes());
    expect(back.count).toBe(0);
    back.add(gallery);
    expect(back.count).toBe(600);
  });
});

describe('openIndex of a large file', () => {
  it('tells how far it is, to the end', async () => {
    const bytes = (await buildIndex(gallery, { kind: 'flat' })).toBytes();
    const done: number[] = [];
    await openIndex(bytes, { onProgress: (progress) => done.push(progress.done / progress.total!) });
    expect(done.length).toBeGreaterThan(1);
    expect(done).toEqual(done.slice().sort((a, b) => a - b));
    expect(done.at(-1)).toBe(1);
  });
});

describe('openLazyIndex', () => {
  it('fetches what searches need, and what they needed before stays', async () => {
    const many = smallGallery({ count: 6000, dim: 64 });
    const index = await buildIndex(many, { kind: 'partitioned', partitions: 60 });
    const lazy = await openLazyIndex(index.toBytes());
    const query = vectorAt(many.vectors, 17);
    const options = { k: 5, partitionsToSearch: 3 };
    expect(await lazy.search(query, options)).toEqual(index.search(query, options));
    const { fetchedBytes, fileBytes } = lazy.traffic();
    expect(fetchedBytes).toBeLessThan(fileBytes * 0.6);
    expect(await lazy.search(query, options)).toHaveLength(5);
    expect(lazy.traffic().fetchedBytes).toBe(fetchedBytes);
  });

  it('drops partitions that do not fit, and looks further for a large k', async () => {
    const index = await buildIndex(gallery, { kind: 'partitioned', partitions: 10 });
    const lazy = await openLazyIndex(index.toBytes(), { cacheBytes: 1000 });
    for (const query of eachQuery(queries))
      expect(await lazy.search(query, { k: 100, partitionsToSearch: 1 })).toEqual(
        index.search(query, { k: 100, partitionsToSearch: 1 }),
      );
  });

  it('refuses what an index refuses', async () => {
    const lazy = await openLazyIndex((await buildIndex(gallery, { kind: 'partitioned', partitions: 10 })).toBytes());
    await expect(lazy.search(new Float32Array(3))).rejects.toMatchObject({ code: 'DIMENSION_MISMATCH' });
    await expect(lazy.search(new Float32Array(24).fill(Number.NaN))).rejects.toMatchObject({ code: 'NON_FINITE' });
    await expect(lazy.search(new Float32Array(24), { k: -1 })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    await expect(lazy.search(new Float32Array(24), { partitionsToSearch: 0.5 })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
    await expect(lazy.search(new Float32Array(24), { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'ABORTED',
    });
    expect(await lazy.search(new Float32Array(24), { k: 0 })).toEqual([]);
    lazy.dispose();
    await expect(lazy.search(new Float32Array(24))).rejects.toMatchObject({ code: 'DISPOSED' });
  });
});
