import { createVectors, type Vectors } from '@nearkin/core';
import { badBytes, cursorOver, readVarint } from '../leveldb/byte-cursor.js';
import { floatCount, floatOf, messageOf, type ProtoField, protoFields, putFloats, varintOf } from './proto-fields.js';
import type {
  LookupType,
  SearcherCodebook,
  SearcherConfig,
  SearcherDistance,
  SearcherIndexer,
  SearcherPartitioner,
} from './searcher-config.js';

export const distances: readonly SearcherDistance[] = ['squaredL2', 'dot', 'unspecified'];
export const lookupTypes: readonly LookupType[] = ['float', 'int16', 'int8', 'int8Lut16'];

/** The message IndexConfig: how rows are kept and searched. */
export interface IndexConfig {
  readonly config: SearcherConfig;
  readonly embeddingType: 'unspecified' | 'float' | 'uint8';
  readonly width: number;
  /** First row of each partition; absent when the file says none. */
  readonly partitionStarts: Uint32Array | undefined;
}

/**
 * Reads the value of the key INDEX_CONFIG. Fields that it does not know are passed over; of a field that stands twice
 * the last counts, and repeated ones add up, as protobuf wants it.
 *
 * @throws {NearkinError} `BAD_FORMAT`
 * @source TensorFlow Lite Support, scann_ondevice, index_config.proto and serialized_searcher.proto
 */
export function readIndexConfig(message: Uint8Array): IndexConfig {
  let [embeddingType, width, starts] = [0, 0, 0];
  for (const field of protoFields(message)) {
    if (field.number === 2) embeddingType = varintOf(field);
    else if (field.number === 3) width = varintOf(field);
    else if (field.number === 4) starts += countVarints(field);
  }
  const type = (['unspecified', 'float', 'uint8'] as const)[embeddingType];
  if (type === undefined) throw badBytes(`rows of the unknown type ${embeddingType}`);
  const partitionStarts = starts > 0 ? new Uint32Array(starts) : undefined;
  let at = 0;
  for (const field of protoFields(message))
    if (field.number === 4 && partitionStarts) at = putVarints(field, partitionStarts, at);
  return { config: readConfig(within(() => [message], 1)), embeddingType: type, width, partitionStarts };
}

/** Occurrences of a message: it may be split, and protobuf then merges them. Walked over anew each time, never kept. */
type Messages = () => Iterable<Uint8Array>;

/** ScannOnDeviceConfig. */
function readConfig(messages: Messages): SearcherConfig {
  let distance: SearcherDistance | undefined;
  let [hasIndexer, hasPartitioner] = [false, false];
  for (const message of messages())
    for (const field of protoFields(message)) {
      if (field.number === 1) distance = distanceOf(field);
      else if (field.number === 2) hasIndexer = true;
      else if (field.number === 3) hasPartitioner = true;
    }
  return Object.freeze({
    ...(distance === undefined ? {} : { distance }),
    ...(hasIndexer ? { indexer: readIndexer(within(within(messages, 2), 1)) } : {}),
    ...(hasPartitioner ? { partitioner: readPartitioner(within(messages, 3)) } : {}),
  });
}

/** AsymmetricHashingProto. */
function readIndexer(messages: Messages): SearcherIndexer {
  let distance: SearcherDistance | undefined;
  let lookupType: LookupType | undefined;
  for (const message of messages())
    for (const field of protoFields(message)) {
      if (field.number === 2) distance = distanceOf(field);
      else if (field.number === 3) {
        lookupType = lookupTypes[varintOf(field)];
        if (lookupType === undefined) throw badBytes(`lookup tables of the unknown type ${field.value}`);
      }
    }
  return Object.freeze({
    codebook: readCodebook(messages),
    ...(distance === undefined ? {} : { distance }),
    ...(lookupType === undefined ? {} : { lookupType }),
  });
}

function readCodebook(messages: Messages): SearcherCodebook {
  const widths: number[] = [];
  let codewords = 0;
  let numbers = 0;
  for (const subspace of within(messages, 1)()) {
    let words = 0;
    let width = -1;
    for (const entry of within(() => [subspace], 1)()) {
      const size = countFloats(entry);
      if (width !== -1 && size !== width) throw badBytes('codewords of a block differ in length');
      width = size;
      words++;
    }
    if (width < 1) throw badBytes('a block of the codebook is empty');
    if (widths.length > 0 && words !== codewords)
      throw badBytes(`a block has ${words} codewords, the first has ${codewords}`);
    codewords = words;
    widths.push(width);
    numbers += words * width;
  }
  if (codewords > 256) throw badBytes(`${codewords} codewords do not fit a byte`);
  const data = new Float32Array(numbers);
  let at = 0;
  for (const subspace of within(messages, 1)())
    for (const entry of within(() => [subspace], 1)()) at = copyFloats(entry, data, at);
  return Object.freeze({ widths: Object.freeze(widths), codewords, data });
}

/** PartitionerProto. */
function readPartitioner(messages: Messages): SearcherPartitioner {
  let searchFraction: number | undefined;
  let distance: SearcherDistance | undefined;
  let [leaves, dim] = [0, -1];
  for (const message of messages())
    for (const field of protoFields(message)) {
      if (field.number === 2) searchFraction = floatOf(field);
      else if (field.number === 3) distance = distanceOf(field);
      else if (field.number === 1) {
        const size = countFloats(messageOf(field));
        if (dim !== -1 && size !== dim) throw badBytes('centroids differ in length');
        dim = size;
        leaves++;
      }
    }
  return Object.freeze({
    leaves: leaves > 0 ? readLeaves(messages, { leaves, dim }) : undefined,
    ...(searchFraction === undefined ? {} : { searchFraction }),
    ...(distance === undefined ? {} : { distance }),
  });
}

function readLeaves(messages: Messages, { leaves, dim }: { leaves: number; dim: number }): Vectors {
  if (dim < 1) throw badBytes('a centroid is empty');
  const data = new Float32Array(leaves * dim);
  let at = 0;
  for (const leaf of within(messages, 1)()) at = copyFloats(leaf, data, at);
  return createVectors(data, dim);
}

/** The messages that a field of messages holds. */
function within(messages: Messages, number: number): Messages {
  return function* () {
    for (const message of messages())
      for (const field of protoFields(message)) if (field.number === number) yield messageOf(field);
  };
}

function countFloats(message: Uint8Array): number {
  let count = 0;
  for (const field of protoFields(message)) if (field.number === 1) count += floatCount(field);
  return count;
}

function copyFloats(message: Uint8Array, into: Float32Array, at: number): number {
  let next = at;
  for (const field of protoFields(message)) if (field.number === 1) next = putFloats(field, into, next);
  return next;
}

function distanceOf(field: ProtoField): SearcherDistance {
  const distance = distances[varintOf(field)];
  if (distance === undefined) throw badBytes(`the unknown distance ${field.value}`);
  return distance;
}

function countVarints(field: ProtoField): number {
  if (field.wire === 'varint') return 1;
  // Every number ends with a byte below 128.
  let count = 0;
  for (const byte of messageOf(field)) if (byte < 128) count++;
  return count;
}

function putVarints(field: ProtoField, into: Uint32Array, at: number): number {
  let next = at;
  const put = (value: number) => {
    if (value > 0xffffffff) throw badBytes(`a partition starts at ${value}`);
    into[next++] = value;
  };
  if (field.wire === 'varint') put(field.value);
  else {
    const cursor = cursorOver(field.bytes);
    while (cursor.at < cursor.end) put(readVarint(cursor));
  }
  return next;
}
