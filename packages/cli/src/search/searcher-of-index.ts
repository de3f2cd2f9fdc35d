import { createGallery, createVectors, NearkinError, type Vectors } from '@nearkin/core';
import { type IndexSnapshot, type SearchIndex, toSnapshot } from '@nearkin/searcher';
import {
  createSearcherIndex,
  type RowText,
  type SearcherIndex,
  type SearcherPartitioner,
  searcherIndexOf,
  searchFractionFor,
  writeRowTexts,
} from '@nearkin/tflite';
import { openRows, type RowForm } from './gallery-of-index.js';
import { openCodes, openDecoder, snapshotCentroids, snapshotWords } from './snapshot-codes.js';

/** How rows of an index come into an index file for devices. */
export type DeviceForm = RowForm | 'codes' | 'decoded';

/**
 * An index as devices search it: the same partitions, and as many of them searched. Codes of whole rows stay as they
 * are. Codes of differences to centroids, which devices do not know, give way to the finest rows that the index keeps,
 * or to what they stand for.
 *
 * @throws {NearkinError} `UNSUPPORTED` for rows that stand in two partitions
 */
export function searcherOfIndex(
  index: SearchIndex,
  { rowText = 'auto' }: { rowText?: RowText | undefined },
): { searcher: SearcherIndex; form: DeviceForm } {
  const snapshot = toSnapshot(index);
  const { header, ids, labels, metadata, sections } = snapshot;
  if (header.copies)
    throw new NearkinError(
      'UNSUPPORTED',
      'Expected rows that stand once, got an index with soar: devices would answer with a row twice. Build it without.',
    );
  const distance = header.metric === 'squaredL2' ? 'squaredL2' : 'dot';
  const order = snapshotWords(sections.get('row.ids')!);
  const partitioned = header.kind === 'partitioned' && {
    partitioner: partitionerOf(snapshot, distance),
    assignments: assignmentsOf(order, snapshotWords(sections.get('partition.offsets')!)),
  };
  const userInfo = header.modelId === undefined ? undefined : JSON.stringify({ modelId: header.modelId });
  const codes = openCodes(snapshot);
  if (codes && !header.residual) {
    const rows = new Uint8Array(codes.blocks * header.count);
    order.forEach((row, place) => {
      rows.set(codes.codeAt(place), row * codes.blocks);
    });
    const searcher = createSearcherIndex({
      config: {
        distance,
        indexer: { codebook: codes.codebook, distance, lookupType: 'int8' },
        ...(partitioned ? { partitioner: partitioned.partitioner } : {}),
      },
      rows,
      width: codes.blocks,
      assignments: partitioned ? partitioned.assignments : undefined,
      metadata: writeRowTexts({ ids, labels: labels ?? ids.map(() => ''), ...(metadata ? { metadata } : {}) }, rowText),
      userInfo,
    });
    return { searcher, form: 'codes' };
  }
  const { vectors, form } = vectorsOf(snapshot, order);
  const gallery = createGallery({ vectors, ids, labels, metadata });
  return { searcher: searcherIndexOf(gallery, { distance, rowText, userInfo, ...partitioned }), form };
}

function partitionerOf(snapshot: IndexSnapshot, distance: 'dot' | 'squaredL2'): SearcherPartitioner {
  const { partitions, search } = snapshot.header;
  return {
    leaves: snapshotCentroids(snapshot),
    searchFraction: searchFractionFor(search.partitionsToSearch, partitions),
    distance,
  };
}

/** The partition of each row, in the order of the gallery. */
function assignmentsOf(order: Uint32Array, offsets: Uint32Array): Uint32Array {
  const assignments = new Uint32Array(order.length);
  for (let p = 0; p + 1 < offsets.length; p++)
    for (let place = offsets[p]!; place < offsets[p + 1]!; place++) assignments[order[place]!] = p;
  return assignments;
}

/** Vectors in the order of the gallery. */
function vectorsOf(snapshot: IndexSnapshot, order: Uint32Array): { vectors: Vectors; form: DeviceForm } {
  const { dim, count, reorder, codes } = snapshot.header;
  const data = new Float32Array(count * dim);
  if (reorder === 'none' && (codes === 'pq4' || codes === 'pq8')) {
    const decode = openDecoder(snapshot);
    order.forEach((row, place) => {
      data.set(decode(place), row * dim);
    });
    return { vectors: createVectors(data, dim), form: 'decoded' };
  }
  const { form, rowAt } = openRows(snapshot);
  order.forEach((row, place) => {
    rowAt(place, data.subarray(row * dim, (row + 1) * dim));
  });
  return { vectors: createVectors(data, dim), form };
}
