import { createGallery, createVectors } from '@nearkin/core';
import { describe, expect, it } from 'vitest';
import { compatSearch } from './compat-search.js';
import { readSearcherIndex } from './read-searcher-index.js';
import { galleryOfSearcher, searcherIndexOf } from './searcher-gallery.js';
import { createSearcherIndex, metadataOf } from './searcher-index.js';
import { writeSearcherIndex } from './write-searcher-index.js';

const vectors = createVectors(new Float32Array([1, 0, 0, 1, 0.6, 0.8]), 2);
const ids = ['a/1.jpg', 'b/1.jpg', 'b/2.jpg'];
const texts = (index: ReturnType<typeof searcherIndexOf>) =>
  Array.from({ length: index.count }, (_, row) => new TextDecoder().decode(metadataOf(index, row)));
const throughFile = (index: ReturnType<typeof searcherIndexOf>) => readSearcherIndex(writeSearcherIndex(index));

describe('a gallery', () => {
  it.each([
    ['ids alone', { vectors, ids }],
    ['labels', { vectors, ids, labels: ['a', 'b', ''] }],
    ['metadata', { vectors, ids, metadata: [{ page: 1 }, null, 'three'] }],
    ['labels and metadata', { vectors, ids, labels: ['a', 'b', 'b'], metadata: [1, 2, null] }],
  ])('of %s comes back from an index file', (_, parts) => {
    const gallery = createGallery(parts);
    const back = galleryOfSearcher(throughFile(searcherIndexOf(gallery)));
    expect(back).toEqual(gallery);
  });

  it('tells devices what is asked for', () => {
    const gallery = createGallery({ vectors, ids, labels: ['a', 'b', 'b'], metadata: ['x', { y: 1 }, null] });
    expect(texts(searcherIndexOf(gallery, { rowText: 'id' }))).toEqual(ids);
    expect(texts(searcherIndexOf(gallery, { rowText: 'label' }))).toEqual(['a', 'b', 'b']);
    expect(texts(searcherIndexOf(gallery, { rowText: 'metadata' }))).toEqual(['x', '{"y":1}', '']);
    expect(texts(searcherIndexOf(gallery))[2]).toBe('{"id":"b/2.jpg","label":"b"}');
  });

  it('is found by devices by the best partition', () => {
    const index = searcherIndexOf(createGallery({ vectors, ids }), {
      partitioner: { leaves: createVectors(new Float32Array([0.3, 0.9, 1, 0]), 2), searchFraction: 0.5 },
      assignments: [1, 0, 0],
      userInfo: 'holiday',
    });
    expect(texts(index)).toEqual(['b/1.jpg', 'b/2.jpg', 'a/1.jpg']);
    const hits = compatSearch(index, Float32Array.of(0.6, 0.8));
    expect(hits.map(({ row, distance }) => [row, distance])).toEqual([
      [1, -1],
      [0, Math.fround(-0.8)],
    ]);
  });

  it('is what product codes stand for', () => {
    const index = createSearcherIndex({
      config: { indexer: { codebook: { widths: [1, 2], codewords: 2, data: new Float32Array([1, 2, 3, 4, 5, 6]) } } },
      rows: Uint8Array.of(0, 0, 1, 0, 1, 1),
      width: 2,
      metadata: ['x', 'y', 'z'],
    });
    expect([...galleryOfSearcher(index).vectors.data]).toEqual([1, 3, 4, 2, 3, 4, 2, 5, 6]);
    const { config: _, ...bare } = index;
    const without = expect.objectContaining({ code: 'UNSUPPORTED' });
    expect(() => galleryOfSearcher({ ...bare, config: {} })).toThrow(without);
  });
});

describe('metadata of rows', () => {
  const read = (metadata: (string | Uint8Array)[]) => {
    const index = createSearcherIndex({ config: {}, rows: new Float32Array(metadata.length), width: 1, metadata });
    const gallery = galleryOfSearcher(index);
    // What came from a file goes back into a file.
    expect(throughFile({ ...searcherIndexOf(gallery), config: {} })).toEqual(index);
    return gallery;
  };

  it('is the ids where it tells rows apart', () => {
    expect(read(['cat', 'dog']).ids).toEqual(['cat', 'dog']);
    expect(read(['cat', '{"id":"dog"}']).ids).toEqual(['cat', '{"id":"dog"}']);
  });

  it('is metadata where it does not', () => {
    const gallery = read(['cat', 'cat', '', Uint8Array.of(0xff, 0)]);
    expect(gallery.ids).toEqual(['row 0', 'row 1', 'row 2', 'row 3']);
    expect(gallery.metadata).toEqual(['cat', 'cat', '', { base64: '/wA=' }]);
  });
});
