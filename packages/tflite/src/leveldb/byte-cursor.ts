import { NearkinError } from '@nearkin/core';

/** A place in bytes that are not trusted: nothing is read at `end` or beyond. */
export interface ByteCursor {
  readonly bytes: Uint8Array;
  at: number;
  readonly end: number;
}

export function cursorOver(bytes: Uint8Array, start = 0, end = bytes.length): ByteCursor {
  return { bytes, at: start, end };
}

/**
 * Reads a LEB128 number of at most 10 bytes. Beyond 2^53 it is rounded: callers check the range they can take.
 *
 * @throws {NearkinError} `BAD_FORMAT` when it does not end
 */
export function readVarint(cursor: ByteCursor): number {
  const { bytes, end } = cursor;
  let value = 0;
  let unit = 1;
  for (let length = 0; length < 10 && cursor.at < end; length++) {
    const byte = bytes[cursor.at++]!;
    value += (byte & 127) * unit;
    if (byte < 128) return value;
    unit *= 128;
  }
  throw badBytes('a number does not end');
}

/** @throws {NearkinError} `BAD_FORMAT` when fewer bytes are left; otherwise a view, not a copy */
export function takeBytes(cursor: ByteCursor, length: number): Uint8Array {
  if (!(length <= cursor.end - cursor.at)) throw badBytes(`${length} bytes announced, ${cursor.end - cursor.at} left`);
  const start = cursor.at;
  cursor.at += length;
  return cursor.bytes.subarray(start, cursor.at);
}

export function uint32At(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
}

/** Bytes that are not what they should be. */
export function badBytes(reason: string): NearkinError {
  return new NearkinError('BAD_FORMAT', `Not a valid search index: ${reason}.`, { details: { reason } });
}
