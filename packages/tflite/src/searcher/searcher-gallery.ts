import { createGallery, createVectors, type Gallery, NearkinError } from '@nearkin/core';
import { type RowText, readRowTexts, writeRowTexts } from './row-texts.js';
import { dimensionOf } from './searchable.js';
import type { SearcherPartitioner } from './searcher-config.js';
import { createSearcherIndex, type SearcherIndex } from './searcher-index.js';

/**
 * The vectors of a row: those of the index, or what its product codes stand for.
 *
 * @param row from 0 to count - 1; the order of the file, partition by partition
 * @throws {NearkinError} `UNSUPPORTED` for codes without a codebook
 */
export function decodeRow(index: SearcherIndex, row: number): Float32Array {
  const { rows, width, config } = index;
  if (rows instanceof Float32Array) return rows.subarray(row * width, (row + 1) * width);
  const codebook = config.indexer?.codebook;
  if (!codebook || codebook.widths.length === 0)
    throw new NearkinError('UNSUPPORTED', 'Expected a codebook to decode rows with; this index of codes has none.');
  const vector = new Float32Array(dimensionOf(index));
  let [at, block] = [0, 0];
  codebook.widths.forEach((size, m) => {
    const word = block + rows[row * width + m]! * size;
    vector.set(codebook.data.subarray(word, word + size), at);
    at += size;
    block += size * codebook.codewords;
  });
  return vector;
}

/**
 * The rows of an index as a gallery, in the order of the file. Ids are the metadata where that tells rows apart; see
 * `rowText` of {@link searcherIndexOf} for rows with labels.
 *
 * @throws {NearkinError} `UNSUPPORTED` for codes without a codebook, `NON_FINITE`
 * @example
 * galleryOfSearcher(readSearcherIndex(bytes)).ids // ['bird', 'burger', 'car', 'cat', 'dog']
 */
export function galleryOfSearcher(index: SearcherIndex): Gallery {
  const dim = Math.max(1, dimensionOf(index));
  const data = new Float32Array(index.count * dim);
  for (let row = 0; row < index.count; row++) data.set(decodeRow(index, row), row * dim);
  return createGallery({ vectors: createVectors(data, dim), ...readRowTexts(index) });
}

/** How {@link searcherIndexOf} makes an index. */
export interface SearcherOfGalleryOptions {
  /** `dot` (default) wants vectors and queries of length 1, or such as it is meant for; `squaredL2` takes any. */
  readonly distance?: 'dot' | 'squaredL2' | undefined;
  /** Centroids and how many of them are searched; left out, every row is. */
  readonly partitioner?: SearcherPartitioner | undefined;
  /** The partition of each row, with a partitioner. */
  readonly assignments?: ArrayLike<number> | undefined;
  readonly rowText?: RowText | undefined;
  readonly userInfo?: string | Uint8Array | undefined;
}

/**
 * An index of the vectors of a gallery, uncoded, for devices.
 *
 * @throws {NearkinError} `INVALID_ARGUMENT` when partitions do not fit
 * @example
 * const bytes = writeSearcherIndex(searcherIndexOf(gallery, { distance: 'squaredL2' }));
 */
export function searcherIndexOf(gallery: Gallery, options: SearcherOfGalleryOptions = {}): SearcherIndex {
  const { distance = 'dot', partitioner, assignments, rowText = 'auto', userInfo } = options;
  return createSearcherIndex({
    config: { distance, ...(partitioner ? { partitioner: { ...partitioner, distance } } : {}) },
    rows: gallery.vectors.data.slice(),
    width: gallery.vectors.dim,
    assignments,
    metadata: writeRowTexts(gallery, rowText),
    userInfo,
  });
}
