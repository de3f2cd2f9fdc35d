import { NearkinError } from '@nearkin/core';
import { blockEntries, compareBytes, type TableEntry } from './block-entries.js';
import { badBytes, cursorOver, uint32At } from './byte-cursor.js';
import { snappyDecompress, snappyLength } from './snappy.js';
import {
  type BlockHandle,
  compressionKinds,
  footerBytes,
  magic,
  maskedChecksum,
  readHandle,
  trailerBytes,
} from './table-format.js';

/** An open table. */
export interface Table {
  /** Every key with its value, in byte order of keys. Walking twice reads twice; nothing is kept. */
  entries(): Generator<TableEntry, void>;
  /** Is any block compressed? */
  readonly compressed: boolean;
}

/** What unfolds to at most so many bytes is taken however small the file is. */
const freeExpansion = 64 * 2 ** 20;

/**
 * Opens a LevelDB table (an `.ldb` or `.sst` file, not the folder of a database) with distrust: checksums of all
 * blocks, bounds, the order of keys and what compressed blocks unfold to are checked before it returns.
 *
 * @param options.expandAtMost bytes that all blocks together may unfold to; default: four times the file, at least 64 MiB
 * @throws {NearkinError} `BAD_FORMAT` saying what is wrong, `TOO_LARGE` when it unfolds to more, `UNSUPPORTED` for zstd
 * @source LevelDB, doc/table_format.md
 */
export function readTable(bytes: Uint8Array, options: { readonly expandAtMost?: number | undefined } = {}): Table {
  const limit = options.expandAtMost ?? Math.max(freeExpansion, 4 * bytes.length);
  const dataEnd = bytes.length - footerBytes;
  if (dataEnd < 0) throw badBytes(`expected at least ${footerBytes} bytes, got ${bytes.length}`);
  if (compareBytes(bytes.subarray(-magic.length), magic) !== 0)
    throw badBytes('it does not end with the magic number of a LevelDB table; is it cut off, or another format?');
  const footer = cursorOver(bytes, dataEnd, bytes.length - magic.length);
  let unfolded = 0;
  let compressed = false;
  const check = (handle: BlockHandle): BlockHandle => {
    checkBlock(bytes, handle, dataEnd);
    unfolded += unfoldedBytes(bytes, handle);
    compressed ||= kindOf(bytes, handle) === compressionKinds.snappy;
    if (unfolded > limit)
      throw new NearkinError(
        'TOO_LARGE',
        `The search index unfolds to more than ${limit} bytes; if it is to be trusted, raise expandAtMost.`,
        { details: { limit } },
      );
    return handle;
  };
  // LevelDB's own readers may look for filters here; this one reads every block.
  const meta = check(readHandle(footer));
  for (const _ of blockEntries(openBlock(bytes, meta)));
  const index = check(readHandle(footer));
  let end = 0;
  for (const { value } of blockEntries(openBlock(bytes, index))) {
    const handle = handleIn(value);
    if (handle.offset < end) throw badBytes('two blocks overlap');
    check(handle);
    end = handle.offset + handle.size + trailerBytes;
  }
  checkOrder(bytes, index);
  return { compressed, entries: () => walk(bytes, index) };
}

function* walk(bytes: Uint8Array, index: BlockHandle): Generator<TableEntry, void> {
  for (const { value } of blockEntries(openBlock(bytes, index))) yield* blockEntries(openBlock(bytes, handleIn(value)));
}

/** An index key stands between the last key of its block and the first of the next: LevelDB seeks by it. */
function checkOrder(bytes: Uint8Array, index: BlockHandle): void {
  let bound: Uint8Array | undefined;
  for (const { key, value } of blockEntries(openBlock(bytes, index))) {
    let last: Uint8Array | undefined;
    for (const entry of blockEntries(openBlock(bytes, handleIn(value)))) {
      if (last === undefined && bound && compareBytes(bound, entry.key) >= 0) throw badBytes('blocks are out of order');
      last = entry.key;
    }
    if (last === undefined) throw badBytes('a block is empty');
    if (compareBytes(last, key) > 0) throw badBytes('an index key comes before the keys of its block');
    bound = key.slice();
  }
}

function handleIn(value: Uint8Array): BlockHandle {
  const cursor = cursorOver(value);
  const handle = readHandle(cursor);
  if (cursor.at !== value.length) throw badBytes('a block handle has bytes left');
  return handle;
}

function kindOf(bytes: Uint8Array, { offset, size }: BlockHandle): number {
  return bytes[offset + size]!;
}

function checkBlock(bytes: Uint8Array, handle: BlockHandle, dataEnd: number): void {
  const { offset, size } = handle;
  if (offset + size + trailerBytes > dataEnd) throw badBytes('a block lies outside the file; is it cut off?');
  const stored = uint32At(bytes, offset + size + 1);
  if (maskedChecksum(bytes.subarray(offset, offset + size + 1)) !== stored)
    throw badBytes(`the checksum of the block at ${offset} does not fit: the file is damaged`);
  const kind = kindOf(bytes, handle);
  if (kind === compressionKinds.zstd)
    throw new NearkinError('UNSUPPORTED', 'Expected blocks without compression or with snappy, got zstd.');
  if (kind > compressionKinds.zstd) throw badBytes(`a block has the unknown compression ${kind}`);
}

/** What unfolding the block takes; 0 for one that lies in the file as it is. */
function unfoldedBytes(bytes: Uint8Array, handle: BlockHandle): number {
  if (kindOf(bytes, handle) === compressionKinds.none) return 0;
  return snappyLength(bytes.subarray(handle.offset, handle.offset + handle.size));
}

function openBlock(bytes: Uint8Array, handle: BlockHandle): Uint8Array {
  const block = bytes.subarray(handle.offset, handle.offset + handle.size);
  return kindOf(bytes, handle) === compressionKinds.none ? block : snappyDecompress(block);
}
