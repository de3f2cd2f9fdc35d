import { badBytes, cursorOver, readVarint, takeBytes, uint32At } from './byte-cursor.js';

/** No search index has longer keys; it bounds the work that a key shared by many entries makes. */
const longestKey = 4096;

/** A key and its value, views that hold until the next entry is asked for. */
export interface TableEntry {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

/**
 * Walks over the entries of one block, in order. Every length is checked, keys must rise, and restart points must
 * stand at keys that are written out: what LevelDB's own search relies on.
 *
 * Work is in proportion to the block: a key that shares much with the one before costs what it adds.
 *
 * @throws {NearkinError} `BAD_FORMAT`
 * @source LevelDB, table/block_builder.cc
 */
export function* blockEntries(block: Uint8Array): Generator<TableEntry, void> {
  if (block.length < 4) throw badBytes('a block has no restart points');
  const restarts = uint32At(block, block.length - 4);
  const end = block.length - 4 - 4 * restarts;
  if (!(end >= 0)) throw badBytes(`a block announces ${restarts} restart points, it has room for fewer`);
  const restartAt = (i: number) => (i < restarts ? uint32At(block, end + 4 * i) : Number.POSITIVE_INFINITY);
  const cursor = cursorOver(block, 0, end);
  let key = new Uint8Array(64);
  let length = 0;
  let restart = 0;
  let first = true;
  while (cursor.at < end) {
    const start = cursor.at;
    const shared = readVarint(cursor);
    const unshared = readVarint(cursor);
    const valueLength = readVarint(cursor);
    if (shared > length) throw badBytes('a key shares more than the key before it has');
    if (shared + unshared > longestKey) throw badBytes(`a key is longer than ${longestKey} bytes`);
    const rest = takeBytes(cursor, unshared);
    const value = takeBytes(cursor, valueLength);
    if (restartAt(restart) === start) {
      if (shared !== 0) throw badBytes('a restart point stands at a key that is not written out');
      restart++;
    } else if (restartAt(restart) < start) throw badBytes('a restart point stands between two keys');
    if (!first && compareBytes(key.subarray(shared, length), rest) >= 0) throw badBytes('keys do not rise');
    first = false;
    if (shared + unshared > key.length) {
      const grown = new Uint8Array(Math.max(2 * key.length, shared + unshared));
      grown.set(key.subarray(0, shared));
      key = grown;
    }
    key.set(rest, shared);
    length = shared + unshared;
    yield { key: key.subarray(0, length), value };
  }
  // A block without entries has one restart point, at 0.
  const left = restarts - restart;
  if (left > 1 || (left === 1 && !(end === 0 && restartAt(0) === 0)))
    throw badBytes('a restart point stands behind the last key');
}

/** LevelDB's byte order: negative when a comes first. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
}
