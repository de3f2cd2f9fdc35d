import { NearkinError } from '@nearkin/core';
import type { TableEntry } from '../leveldb/block-entries.js';
import { type TableCompression, writeTable } from '../leveldb/write-table.js';
import { assertFits, metadataOf, type SearcherIndex } from './searcher-index.js';
import { keys } from './searcher-keys.js';
import { writeIndexConfig } from './write-config.js';

/** How an index file is written. */
export interface WriteSearcherOptions {
  /** Default `none`: a device then reads partitions where they lie. TFLite Model Maker's default is `snappy`. */
  readonly compression?: TableCompression | undefined;
}

/**
 * Writes an index file that Android and iOS apps open with the Task Library (ImageSearcher, TextSearcher). Without
 * compression the bytes are those that TFLite Support's own index builder writes.
 *
 * @throws {NearkinError} `INVALID_ARGUMENT` when the index contradicts itself, `TOO_LARGE` beyond 4 GiB
 * @source TensorFlow Lite Support, scann_ondevice/cc/index_builder.cc
 * @example
 * await writeFile('photos.ldb', writeSearcherIndex(index));
 */
export function writeSearcherIndex(index: SearcherIndex, options: WriteSearcherOptions = {}): Uint8Array {
  const { compression = 'none' } = options;
  if (compression !== 'none' && compression !== 'snappy')
    throw new NearkinError('INVALID_ARGUMENT', `Expected compression to be none or snappy, got ${compression}.`);
  assertFits(index);
  return writeTable(entriesOf(index), { compression });
}

function* entriesOf(index: SearcherIndex): Generator<TableEntry, void> {
  const { rows, width, partitionOffsets, count } = index;
  const encoder = new TextEncoder();
  for (const p of inKeyOrder(partitionOffsets.length - 1)) {
    const part = rows.subarray(partitionOffsets[p]! * width, partitionOffsets[p + 1]! * width);
    yield { key: encoder.encode(`E_${p}`), value: littleEndianBytes(part) };
  }
  yield { key: encoder.encode(keys.config), value: writeIndexConfig(index) };
  for (const row of inKeyOrder(count)) yield { key: encoder.encode(`M_${row}`), value: metadataOf(index, row) };
  yield { key: encoder.encode(keys.userInfo), value: index.userInfo };
}

/** Numbers from 0 to count - 1 in the byte order of their decimal texts: 0, 1, 10, 11, …, 2, 20, … */
function* inKeyOrder(count: number): Generator<number, void> {
  if (count > 0) yield 0;
  // Depth first: a number, then the ten that begin with it.
  let number = 1;
  for (let left = count - 1; left > 0; left--) {
    yield number;
    if (number * 10 < count) number *= 10;
    else {
      while (number % 10 === 9 || number + 1 >= count) number = Math.floor(number / 10);
      number++;
    }
  }
}

function littleEndianBytes(rows: Float32Array | Uint8Array): Uint8Array {
  if (rows instanceof Uint8Array) return rows;
  const bytes = new Uint8Array(4 * rows.length);
  const view = new DataView(bytes.buffer);
  rows.forEach((value, i) => {
    view.setFloat32(4 * i, value, true);
  });
  return bytes;
}
