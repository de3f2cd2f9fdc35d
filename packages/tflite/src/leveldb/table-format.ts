import { crc32c } from '@nearkin/core';
import { type ByteCursor, badBytes, readVarint } from './byte-cursor.js';

/** Where a block lies, without its trailer. */
export interface BlockHandle {
  readonly offset: number;
  readonly size: number;
}

/** Two block handles, padded, and the magic number. */
export const footerBytes = 48;
/** The kind of compression (1 byte) and the masked checksum (4) that follow every block. */
export const trailerBytes = 5;
export const compressionKinds = { none: 0, snappy: 1, zstd: 2 } as const;

/** Last eight bytes of every table. */
export const magic = Uint8Array.of(0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb);

/**
 * The checksum of a block and its kind byte as a table stores it: rotated and shifted, because a checksum of data that
 * holds checksums is weak.
 *
 * @source LevelDB, doc/table_format.md and util/crc32c.h
 */
export function maskedChecksum(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

export function readHandle(cursor: ByteCursor): BlockHandle {
  const offset = readVarint(cursor);
  const size = readVarint(cursor);
  if (!Number.isSafeInteger(offset + size)) throw badBytes('a block lies outside the file');
  return { offset, size };
}
