import type { Vectors } from '@nearkin/core';
import { type ByteSink, createByteSink } from '../leveldb/byte-sink.js';
import { distances, lookupTypes } from './read-config.js';
import type { SearcherCodebook, SearcherConfig, SearcherIndexer, SearcherPartitioner } from './searcher-config.js';
import type { SearcherIndex } from './searcher-index.js';

/** The value of the key INDEX_CONFIG, byte for byte as the C++ library serialises it; what is absent is left out. */
export function writeIndexConfig({ config, rows, width, partitionOffsets }: SearcherIndex): Uint8Array {
  const sink = createByteSink();
  pushMessage(sink, 1, configBytes(config));
  pushVarint(sink, 2, rows instanceof Float32Array ? 1 : 2);
  pushVarint(sink, 3, width);
  const starts = createByteSink();
  for (const start of partitionOffsets.subarray(0, -1)) starts.varint(start);
  pushMessage(sink, 4, starts.view());
  return sink.view().slice();
}

function configBytes({ distance, indexer, partitioner }: SearcherConfig): Uint8Array {
  const sink = createByteSink();
  if (distance !== undefined) pushVarint(sink, 1, distances.indexOf(distance));
  if (indexer) {
    const oneOf = createByteSink();
    pushMessage(oneOf, 1, indexerBytes(indexer));
    pushMessage(sink, 2, oneOf.view());
  }
  if (partitioner) pushMessage(sink, 3, partitionerBytes(partitioner));
  return sink.view();
}

function indexerBytes({ codebook, distance, lookupType }: SearcherIndexer): Uint8Array {
  const sink = createByteSink();
  pushCodebook(sink, codebook);
  if (distance !== undefined) pushVarint(sink, 2, distances.indexOf(distance));
  if (lookupType !== undefined) pushVarint(sink, 3, lookupTypes.indexOf(lookupType));
  return sink.view();
}

function pushCodebook(sink: ByteSink, { widths, codewords, data }: SearcherCodebook): void {
  let at = 0;
  for (const width of widths) {
    const subspace = createByteSink();
    for (let word = 0; word < codewords; word++, at += width)
      pushMessage(subspace, 1, floatsBytes(data.subarray(at, at + width)));
    pushMessage(sink, 1, subspace.view());
  }
}

function partitionerBytes({ leaves, searchFraction, distance }: SearcherPartitioner): Uint8Array {
  const sink = createByteSink();
  if (leaves) pushLeaves(sink, leaves);
  if (searchFraction !== undefined) {
    sink.varint((2 << 3) | 5);
    sink.float32(searchFraction);
  }
  if (distance !== undefined) pushVarint(sink, 3, distances.indexOf(distance));
  return sink.view();
}

function pushLeaves(sink: ByteSink, { data, dim, count }: Vectors): void {
  for (let leaf = 0; leaf < count; leaf++)
    pushMessage(sink, 1, floatsBytes(data.subarray(leaf * dim, (leaf + 1) * dim)));
}

/** A message whose only field is packed floats. */
function floatsBytes(values: Float32Array): Uint8Array {
  const sink = createByteSink(16 + 4 * values.length);
  sink.varint((1 << 3) | 2);
  sink.varint(4 * values.length);
  for (const value of values) sink.float32(value);
  return sink.view();
}

function pushVarint(sink: ByteSink, number: number, value: number): void {
  sink.varint(number << 3);
  sink.varint(value);
}

function pushMessage(sink: ByteSink, number: number, bytes: Uint8Array): void {
  sink.varint((number << 3) | 2);
  sink.varint(bytes.length);
  sink.push(bytes);
}
