import { NearkinError } from '@nearkin/core';
import { createBlockBuilder } from './block-builder.js';
import { compareBytes, type TableEntry } from './block-entries.js';
import { createByteSink } from './byte-sink.js';
import { snappyCompress } from './snappy-compress.js';
import {
  type BlockHandle,
  compressionKinds,
  footerBytes,
  magic,
  maskedChecksum,
  trailerBytes,
} from './table-format.js';

/** How blocks are kept. */
export type TableCompression = 'none' | 'snappy';

/** A block is closed once it has so many bytes, LevelDB's default. */
const blockBytes = 4096;
const longestTable = 2 ** 32 - 1;

/**
 * Writes a LevelDB table, block for block as LevelDB's own builder does with its default settings; without compression
 * also byte for byte.
 *
 * @param entries keys rising in byte order
 * @throws {NearkinError} `INVALID_ARGUMENT` for keys that do not rise, `TOO_LARGE` beyond 4 GiB
 * @source LevelDB, doc/table_format.md and table/table_builder.cc
 */
export function writeTable(
  entries: Iterable<TableEntry>,
  options: { readonly compression: TableCompression },
): Uint8Array {
  const pieces: Uint8Array[] = [];
  let length = 0;
  const writeBlock = (raw: Uint8Array): BlockHandle => {
    const packed = options.compression === 'snappy' ? snappyCompress(raw) : raw;
    // What saves less than an eighth is not worth unfolding.
    const worthwhile = packed.length < raw.length - Math.floor(raw.length / 8);
    const block = new Uint8Array((worthwhile ? packed : raw).length + trailerBytes);
    block.set(worthwhile ? packed : raw);
    const size = block.length - trailerBytes;
    block[size] = worthwhile ? compressionKinds.snappy : compressionKinds.none;
    new DataView(block.buffer).setUint32(size + 1, maskedChecksum(block.subarray(0, size + 1)), true);
    const offset = length;
    pieces.push(block);
    length += block.length;
    if (length > longestTable)
      throw new NearkinError('TOO_LARGE', `Expected at most ${longestTable} bytes of a table, got more.`);
    return { offset, size };
  };

  const data = createBlockBuilder({ restartInterval: 16 });
  const index = createBlockBuilder({ restartInterval: 1 });
  let last: Uint8Array | undefined;
  let pending: BlockHandle | undefined;
  for (const { key, value } of entries) {
    if (last && compareBytes(last, key) >= 0)
      throw new NearkinError('INVALID_ARGUMENT', 'Expected the keys of a table in rising byte order.');
    if (pending && last) index.add(shortSeparator(last, key), handleBytes([pending]));
    pending = undefined;
    last = key.slice();
    data.add(key, value);
    if (data.size >= blockBytes) pending = writeBlock(data.finish());
  }
  if (!data.isEmpty) pending = writeBlock(data.finish());
  const metaHandle = writeBlock(createBlockBuilder({ restartInterval: 16 }).finish());
  if (pending && last) index.add(shortSuccessor(last), handleBytes([pending]));
  const indexHandle = writeBlock(index.finish());

  const out = new Uint8Array(length + footerBytes);
  let at = 0;
  for (const piece of pieces) {
    out.set(piece, at);
    at += piece.length;
  }
  out.set(handleBytes([metaHandle, indexHandle]), length);
  out.set(magic, out.length - magic.length);
  return out;
}

function handleBytes(handles: readonly BlockHandle[]): Uint8Array {
  const sink = createByteSink(32);
  for (const { offset, size } of handles) {
    sink.varint(offset);
    sink.varint(size);
  }
  return sink.view().slice();
}

/** A short key from `last` on that comes before `next`: LevelDB's FindShortestSeparator for byte order. */
function shortSeparator(last: Uint8Array, next: Uint8Array): Uint8Array {
  let same = 0;
  while (same < last.length && same < next.length && last[same] === next[same]) same++;
  if (same >= Math.min(last.length, next.length)) return last;
  const byte = last[same]!;
  if (byte === 255 || byte + 1 >= next[same]!) return last;
  const key = last.slice(0, same + 1);
  key[same] = byte + 1;
  return key;
}

/** A short key from `last` on: LevelDB's FindShortSuccessor for byte order. */
function shortSuccessor(last: Uint8Array): Uint8Array {
  const at = last.findIndex((byte) => byte !== 255);
  if (at < 0) return last;
  const key = last.slice(0, at + 1);
  key[at]!++;
  return key;
}
