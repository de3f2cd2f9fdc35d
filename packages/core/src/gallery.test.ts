import { describe, expect, it } from 'vitest';
import { assertSameModel, createGallery, mergeGalleries, selectGallery } from './gallery.js';
import { createVectors } from './vectors.js';

const vectors = createVectors(Float32Array.of(1, 0, 0, 1, 1, 1), 2);
const pets = createGallery({
  vectors,
  ids: ['a', 'b', 'c'],
  labels: ['cat', 'dog', 'cat'],
  modelId: 'm',
  metadata: [1, null, { x: 2 }],
});

describe('createGallery', () => {
  it('freezes copies of the lists', () => {
    const ids = ['a', 'b', 'c'];
    const gallery = createGallery({ vectors, ids });
    ids[0] = 'changed';
    expect(gallery.ids).toEqual(['a', 'b', 'c']);
    expect(gallery.labels).toEqual(['', '', '']);
    expect('modelId' in gallery || 'metadata' in gallery).toBe(false);
    expect(Object.isFrozen(gallery) && Object.isFrozen(gallery.ids)).toBe(true);
  });

  it('takes any string as a label', () => {
    const labels = ['__proto__', 'constructor', 'línea\nneu 🦎'];
    expect(createGallery({ vectors, ids: ['a', 'b', 'c'], labels }).labels).toEqual(labels);
  });

  it('refuses lists of other lengths, ids that stand twice and numbers that are none', () => {
    const refuse = (parts: object, code: string) =>
      expect(() => createGallery({ vectors, ids: ['a', 'b', 'c'], ...parts })).toThrowError(
        expect.objectContaining({ code }),
      );
    refuse({ ids: ['a'] }, 'INVALID_ARGUMENT');
    refuse({ labels: ['x'] }, 'INVALID_ARGUMENT');
    refuse({ metadata: [] }, 'INVALID_ARGUMENT');
    refuse({ ids: ['a', 'b', 'a'] }, 'DUPLICATE_ID');
    refuse({ vectors: createVectors(Float32Array.of(1, 0, 0, Number.NaN, 1, 1), 2) }, 'NON_FINITE');
  });
});

describe('selectGallery', () => {
  it('takes rows in the given order with all that belongs to them', () => {
    const chosen = selectGallery(pets, [2, 0]);
    expect(chosen).toMatchObject({ ids: ['c', 'a'], labels: ['cat', 'cat'], modelId: 'm', metadata: [{ x: 2 }, 1] });
    expect([...chosen.vectors.data]).toEqual([1, 1, 1, 0]);
    expect(selectGallery(pets, []).vectors.count).toBe(0);
  });
});

describe('mergeGalleries', () => {
  const more = createGallery({ vectors: createVectors(Float32Array.of(7, 8), 2), ids: ['d'], labels: ['eel'] });

  it('puts one below the other', () => {
    const all = mergeGalleries([pets, more]);
    expect(all).toMatchObject({
      ids: ['a', 'b', 'c', 'd'],
      labels: ['cat', 'dog', 'cat', 'eel'],
      modelId: 'm',
      metadata: [1, null, { x: 2 }, null],
    });
    expect([...all.vectors.data]).toEqual([1, 0, 0, 1, 1, 1, 7, 8]);
  });

  it('refuses nothing, other dimensions, other embedders and equal ids', () => {
    const refuse = (list: Parameters<typeof mergeGalleries>[0], code: string) =>
      expect(() => mergeGalleries(list)).toThrowError(expect.objectContaining({ code }));
    refuse([], 'EMPTY_GALLERY');
    refuse([pets, createGallery({ vectors: createVectors(Float32Array.of(1), 1), ids: ['z'] })], 'DIMENSION_MISMATCH');
    refuse([pets, createGallery({ ...more, modelId: 'other' })], 'MODEL_MISMATCH');
    refuse([pets, createGallery({ ...more, ids: ['a'] })], 'DUPLICATE_ID');
  });
});

describe('assertSameModel', () => {
  it('compares identities only where both are known', () => {
    expect(() => assertSameModel(pets, { vectors: { dim: 2 } })).not.toThrow();
    expect(() => assertSameModel(pets, { vectors: { dim: 2 }, modelId: 'm' })).not.toThrow();
    expect(() => assertSameModel({ vectors: { dim: 3 } }, pets)).toThrow('Expected 3-d vectors, got 2-d');
  });
});
