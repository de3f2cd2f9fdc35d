import { badBytes } from '../leveldb/byte-cursor.js';
import { readTable, type Table } from '../leveldb/read-table.js';
import { type IndexConfig, readIndexConfig } from './read-config.js';
import { misfit, type SearcherIndex } from './searcher-index.js';
import { keys, readKey } from './searcher-keys.js';

/** How an index file is read. */
export interface ReadSearcherOptions {
  /** Bytes that compressed blocks together may unfold to; default: four times the file, at least 64 MiB. */
  readonly expandAtMost?: number | undefined;
}

/**
 * Reads an index of the on-device Searcher: an `.ldb` file as TFLite Model Maker exports it, compressed with snappy or
 * not, of vectors or of product codes, with or without partitions. Every byte is checked; nothing of a damaged file
 * comes through.
 *
 * @throws {NearkinError} `BAD_FORMAT` saying what is wrong, `TOO_LARGE`, `UNSUPPORTED` for zstd
 * @source TensorFlow Lite Support, scann_ondevice/cc/index.cc
 * @example
 * const index = readSearcherIndex(await readFile('searcher_index.ldb'));
 * index.count // 5
 */
export function readSearcherIndex(bytes: Uint8Array, options: ReadSearcherOptions = {}): SearcherIndex {
  const table = readTable(bytes, options);
  const { indexConfig, userInfo, partitions, metadata } = surveyKeys(table);
  const { embeddingType, width, config } = indexConfig;
  if (embeddingType === 'unspecified') throw badBytes('it does not say whether rows are vectors or codes');
  const rowBytes = embeddingType === 'float' ? 4 * width : width;
  if (!Number.isSafeInteger(width) || width < 1) throw badBytes(`rows have ${width} numbers`);

  const sizes = sizesByKey(table, 'partition', partitions);
  const partitionOffsets = new Uint32Array(partitions + 1);
  sizes.forEach((size, p) => {
    if (size % rowBytes !== 0) throw badBytes(`partition ${p} has ${size} bytes, not a multiple of ${rowBytes}`);
    partitionOffsets[p + 1] = partitionOffsets[p]! + size / rowBytes;
  });
  checkStarts(indexConfig, partitionOffsets);
  const count = partitionOffsets[partitions]!;
  if (metadata !== count) throw badBytes(`${count} rows have metadata of ${metadata} rows`);
  const metadataOffsets = new Uint32Array(count + 1);
  sizesByKey(table, 'metadata', metadata).forEach((size, row) => {
    metadataOffsets[row + 1] = metadataOffsets[row]! + size;
  });

  const buffer = new ArrayBuffer(count * rowBytes);
  const raw = new Uint8Array(buffer);
  const joined = new Uint8Array(metadataOffsets[count]!);
  for (const { key, value } of table.entries()) {
    const { kind, number } = readKey(key);
    if (kind === 'partition') raw.set(value, partitionOffsets[number]! * rowBytes);
    else if (kind === 'metadata') joined.set(value, metadataOffsets[number]);
  }
  const rows = embeddingType === 'float' ? littleEndianFloats(buffer) : raw;
  const index = { config, rows, width, count, partitionOffsets, metadata: joined, metadataOffsets, userInfo };
  const reason = misfit(index);
  if (reason !== undefined) throw badBytes(reason);
  return Object.freeze(index);
}

/** What the keys are: how many of each kind, and the values of the two that stand alone. */
function surveyKeys(table: Table) {
  let indexConfig: IndexConfig | undefined;
  let userInfo: Uint8Array = new Uint8Array(0);
  let [partitions, metadata] = [0, 0];
  for (const { key, value } of table.entries()) {
    const { kind } = readKey(key);
    if (kind === 'partition') partitions++;
    else if (kind === 'metadata') metadata++;
    else if (kind === 'config') indexConfig = readIndexConfig(value);
    else if (kind === 'userInfo') userInfo = value.slice();
  }
  if (!indexConfig) throw badBytes(`it has no ${keys.config}; it is a LevelDB table, but not one of a search index`);
  if (partitions === 0) throw badBytes('it has no partition of rows');
  return { indexConfig, userInfo, partitions, metadata };
}

/** Bytes of every partition or metadata, by number. Keys are all different, so that `count` of them are 0 to count - 1. */
function sizesByKey(table: Table, kind: 'partition' | 'metadata', count: number): Float64Array {
  const sizes = new Float64Array(count);
  for (const { key, value } of table.entries()) {
    const found = readKey(key);
    if (found.kind !== kind) continue;
    if (found.number >= count) throw badBytes(`${kind} ${found.number} of ${count}`);
    sizes[found.number] = value.length;
  }
  return sizes;
}

/** Where partitions start follows from how long they are; what the file says besides must agree. */
function checkStarts({ partitionStarts }: IndexConfig, offsets: Uint32Array): void {
  if (!partitionStarts) return;
  if (partitionStarts.length !== offsets.length - 1)
    throw badBytes(`it announces ${partitionStarts.length} partitions and has ${offsets.length - 1}`);
  partitionStarts.forEach((start, p) => {
    if (start !== offsets[p]) throw badBytes(`partition ${p} starts at row ${start}, expected ${offsets[p]}`);
  });
}

const hostIsLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

function littleEndianFloats(buffer: ArrayBuffer): Float32Array {
  const floats = new Float32Array(buffer);
  if (hostIsLittleEndian) return floats;
  const view = new DataView(buffer);
  return floats.map((_, i) => view.getFloat32(4 * i, true));
}
