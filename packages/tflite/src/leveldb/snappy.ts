import { type ByteCursor, badBytes, cursorOver, readVarint } from './byte-cursor.js';

/**
 * What compressed bytes unfold to, checked element by element before anything is allocated.
 *
 * @returns the length
 * @throws {NearkinError} `BAD_FORMAT` when an element reaches outside, or the announced length is not what comes out
 * @source https://github.com/google/snappy, format_description.txt
 */
export function snappyLength(compressed: Uint8Array): number {
  const cursor = cursorOver(compressed);
  const announced = readVarint(cursor);
  let produced = 0;
  while (cursor.at < cursor.end) {
    const element = readElement(cursor);
    if (element.offset === 0) cursor.at += element.length;
    else if (element.offset > produced) throw badBytes('a snappy copy starts before the data');
    produced += element.length;
    if (cursor.at > cursor.end) throw badBytes('a snappy literal is cut off');
    if (produced > announced) break;
  }
  if (produced !== announced) throw badBytes(`snappy data of ${announced} bytes announced, it has ${produced}`);
  return announced;
}

/**
 * Unfolds a snappy block.
 *
 * @throws {NearkinError} `BAD_FORMAT` as {@link snappyLength}; nothing is allocated then
 */
export function snappyDecompress(compressed: Uint8Array): Uint8Array {
  const out = new Uint8Array(snappyLength(compressed));
  const cursor = cursorOver(compressed);
  readVarint(cursor);
  let at = 0;
  while (cursor.at < cursor.end) {
    const { length, offset } = readElement(cursor);
    if (offset === 0) {
      out.set(compressed.subarray(cursor.at, cursor.at + length), at);
      cursor.at += length;
    } else if (offset >= length) out.copyWithin(at, at - offset, at - offset + length);
    // A copy may overlap what it writes: it then repeats the last `offset` bytes.
    else for (let i = 0; i < length; i++) out[at + i] = out[at + i - offset]!;
    at += length;
  }
  return out;
}

/** A literal (offset 0; its bytes follow the cursor) or a copy of what came `offset` bytes before. */
interface Element {
  readonly length: number;
  readonly offset: number;
}

function readElement(cursor: ByteCursor): Element {
  const tag = cursor.bytes[cursor.at++]!;
  const size = tag >> 2;
  switch (tag & 3) {
    case 0:
      return { length: (size < 60 ? size : readUint(cursor, size - 59)) + 1, offset: 0 };
    case 1:
      return copyOf((size & 7) + 4, ((tag >> 5) << 8) | readUint(cursor, 1));
    case 2:
      return copyOf(size + 1, readUint(cursor, 2));
    default:
      return copyOf(size + 1, readUint(cursor, 4));
  }
}

function copyOf(length: number, offset: number): Element {
  if (offset === 0) throw badBytes('a snappy copy has no distance');
  return { length, offset };
}

function readUint(cursor: ByteCursor, bytes: number): number {
  if (cursor.at + bytes > cursor.end) throw badBytes('a snappy element is cut off');
  let value = 0;
  for (let i = 0; i < bytes; i++) value += cursor.bytes[cursor.at++]! * 2 ** (8 * i);
  return value;
}
