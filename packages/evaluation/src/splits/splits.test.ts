import { createGallery, createPicture, createRng, createVectors, NearkinError, type Picture } from '@nearkin/core';
import { describe, expect, it } from 'vitest';
import { contentHash } from './content-hash.js';
import { findLeaks, type SplitPart } from './find-leaks.js';
import { kFoldByLabel } from './k-fold-by-label.js';
import { hashDistance, pictureHash } from './picture-hash.js';

const rng = createRng(31);

/** A smooth scene of a few coloured waves, drawn at any size. */
function scene(
  seed: number,
  options: { size?: number; brighter?: number; noise?: number; channels?: 3 | 4 } = {},
): Picture {
  const { size = 64, brighter = 0, noise = 0, channels = 3 } = options;
  const shape = createRng(seed);
  const waves = Array.from(
    { length: 9 },
    () => [shape.uniform() * 9, shape.uniform() * 9, shape.uniform() * 6.3] as const,
  );
  const data = new Uint8ClampedArray(size * size * channels).fill(255);
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++)
      for (let c = 0; c < 3; c++) {
        let value = 128 + brighter + noise * (rng.uniform() - 0.5);
        for (let w = 0; w < 3; w++) {
          const [a, b, phase] = waves[w * 3 + c]!;
          value += 30 * Math.sin((a * x) / size + (b * y) / size + phase);
        }
        data[(y * size + x) * channels + c] = value;
      }
  return createPicture({ data, width: size, height: size, channels });
}

const flat = (value: number) =>
  createPicture({ data: new Uint8Array(16 * 16 * 3).fill(value), width: 16, height: 16, channels: 3 });

describe('pictureHash', () => {
  it('hardly changes with size, brightness, noise or an alpha channel', () => {
    for (let seed = 0; seed < 20; seed++) {
      const hash = pictureHash(scene(seed));
      const changed = [{ size: 150 }, { size: 37 }, { brighter: 8 }, { noise: 12 }, { channels: 4 as const }];
      for (const options of changed) expect(hashDistance(hash, pictureHash(scene(seed, options)))).toBeLessThan(10);
    }
  });

  it('differs between different pictures', () => {
    const hashes = Array.from({ length: 30 }, (_, seed) => pictureHash(scene(seed)));
    for (let i = 0; i < 30; i++)
      for (let j = 0; j < i; j++) expect(hashDistance(hashes[i]!, hashes[j]!)).toBeGreaterThan(10);
  });

  it('takes pictures smaller than its grid', () => {
    expect([...pictureHash(createPicture({ data: new Uint8Array(3), width: 1, height: 1, channels: 3 })).bits]).toEqual(
      [0, 0, 0, 0],
    );
  });
});

describe('contentHash', () => {
  it('tells bytes, order and length apart', () => {
    const hashes = [[], [0], [0, 0], [1, 2], [2, 1], [255]].map((bytes) => contentHash(Uint8Array.from(bytes)));
    expect(new Set(hashes).size).toBe(6);
    expect(contentHash(Uint8Array.of(1, 2))).toBe(hashes[3]);
  });
});

describe('findLeaks', () => {
  const files = (bytes: number[][]) => (row: number) => Uint8Array.from(bytes[row]!);

  it('finds equal files, alike pictures and alike embeddings, each pair once by the strongest kind', async () => {
    const leaks = await findLeaks([
      {
        name: 'train',
        ids: ['t0', 't1', 't2'],
        bytes: files([[1], [2], [3]]),
        picture: (row) => scene(row),
        vectors: createVectors(new Float32Array([1, 0, 0, 1, 3, 4]), 2),
      },
      {
        name: 'test',
        ids: ['e0', 'e1', 'e2'],
        bytes: files([[1], [9], [8]]),
        picture: (row) => scene([0, 1, 50][row]!, { size: 48 }),
        vectors: createVectors(new Float32Array([2, 0, -1, 0, 3, 4.1]), 2),
      },
    ]);
    expect(leaks.map(({ kind, a, b }) => `${kind} ${a.id} ${b.id}`)).toEqual([
      'bytes t0 e0',
      'picture t1 e1',
      'embedding t2 e2',
    ]);
    expect(leaks[0]?.similarity).toBeCloseTo(1, 6);
    expect(leaks[1]).toMatchObject({ a: { part: 'train' }, b: { part: 'test' }, similarity: null });
    expect(leaks[2]?.hashDistance).toBeNull();
  });

  it('does not take flat pictures of different colours for one another, and does not look inside a part', async () => {
    const part = (name: string, values: number[]): SplitPart => ({
      name,
      ids: values.map(String),
      picture: (row) => flat(values[row]!),
    });
    const leaks = await findLeaks([part('a', [10, 10, 200]), part('b', [100]), part('c', [203])]);
    expect(leaks.map(({ a, b }) => [a.id, b.id])).toEqual([['200', '203']]);
  });

  it('finds every planted copy among random embeddings', async () => {
    const vectors = (count: number) => Float32Array.from({ length: count * 16 }, rng.normal);
    const train = vectors(200);
    const test = vectors(100);
    for (const row of [3, 50, 99])
      test.set(
        train.subarray(row * 16, row * 16 + 16).map((x) => x * 1.01),
        row * 16,
      );
    const ids = (count: number) => Array.from({ length: count }, (_, i) => `${i}`);
    const leaks = await findLeaks([
      { name: 'train', ids: ids(200), vectors: createVectors(train, 16) },
      { name: 'test', ids: ids(100), vectors: createVectors(test, 16) },
    ]);
    expect(leaks.map(({ a, b }) => [a.id, b.id])).toEqual([
      ['3', '3'],
      ['50', '50'],
      ['99', '99'],
    ]);
  });

  it('refuses bad input by code', async () => {
    const code = (parts: readonly SplitPart[], options = {}) =>
      findLeaks(parts, options).then(
        () => 'no error',
        (error) => (error instanceof NearkinError ? error.code : error),
      );
    const part = (dim: number): SplitPart => ({
      name: 'x',
      ids: ['a'],
      vectors: createVectors(new Float32Array(dim), dim),
    });
    expect(await code([part(2)])).toBe('INVALID_ARGUMENT');
    expect(await code([part(2), part(3)])).toBe('DIMENSION_MISMATCH');
    expect(await code([part(2), { ...part(2), ids: [] }])).toBe('INVALID_ARGUMENT');
    expect(await code([part(2), part(2)], { signal: AbortSignal.abort() })).toBe('ABORTED');
  });
});

describe('kFoldByLabel', () => {
  const labels = Array.from({ length: 60 }, (_, i) => `class ${i % 10}`);
  const gallery = createGallery({
    vectors: createVectors(new Float32Array(60), 1),
    ids: labels.map((_, i) => `${i}`),
    labels,
  });

  it('holds out every class once, and never trains on it', () => {
    const folds = kFoldByLabel(gallery, { folds: 4, seed: 3 });
    expect(folds.flatMap(({ validation }) => validation.ids).sort()).toEqual([...gallery.ids].sort());
    for (const { train, validation } of folds) {
      const held = new Set(validation.labels);
      expect(train.labels.some((label) => held.has(label))).toBe(false);
      expect(train.ids.length + validation.ids.length).toBe(60);
      expect([2, 3]).toContain(held.size);
    }
  });

  it('depends on the seed alone', () => {
    const held = (seed: number) => kFoldByLabel(gallery, { seed }).map(({ validation }) => validation.ids);
    expect(held(1)).toEqual(held(1));
    expect(held(1)).not.toEqual(held(2));
  });

  it('refuses what cannot be cut', () => {
    expect(() => kFoldByLabel(gallery, { folds: 11 })).toThrow('at least 11 classes');
    expect(() => kFoldByLabel(gallery, { folds: 1 })).toThrow('folds');
  });
});
