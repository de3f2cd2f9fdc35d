import table from 'crc-32/crc32c.js';

/**
 * CRC-32C (Castagnoli) as an unsigned number: the checksum of every file that nearkin writes.
 *
 * @param previous the checksum of the bytes before these, to go on from
 * @source RFC 3720, appendix B.4
 * @example
 * crc32c(new TextEncoder().encode('123456789')).toString(16) // e3069283
 */
export function crc32c(bytes: Uint8Array, previous = 0): number {
  return table.buf(bytes, previous) >>> 0;
}
