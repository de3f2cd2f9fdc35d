import { crc32c } from '@nearkin/core';

/**
 * The container under a `.nearkin` file: a safetensors file whose `__metadata__` starts with `crc32c`, the checksum of
 * everything before the first section (taken with eight zeros in its own place).
 *
 * Sections of at most {@link chunkBytes} are aligned to 64 bytes and have a checksum each in `__metadata__`. Larger
 * ones are aligned to 4096 bytes, and each chunk of them has a checksum in the section {@link chunkTable}, so that a
 * piece fetched alone can be verified. As safetensors allows no holes, gaps are sections called `padding.N`.
 */
export const formatName = 'nearkin-index';
export const formatVersion = 1;
export const maxHeaderBytes = 1_000_000;
export const chunkBytes = 16_384;
export const chunkTable = 'checksums';
export const paddingPrefix = 'padding.';
export const smallAlignment = 64;
export const largeAlignment = 4096;

/** Where the header's own checksum stands: after the 8 bytes of the length and this text. */
export const headerStart = '{"__metadata__":{"crc32c":"';
const checksumAt = 8 + headerStart.length;
const checksumDigits = 8;

/** Checksum of the header, its own digits taken as zeros. */
export function headerChecksum(header: Uint8Array): string {
  const before = crc32c(header.subarray(0, checksumAt));
  const zeros = crc32c(new Uint8Array(checksumDigits).fill(0x30), before);
  return hex(crc32c(header.subarray(checksumAt + checksumDigits), zeros));
}

/** The digits that the header says are its checksum. */
export function statedChecksum(header: Uint8Array): string {
  return String.fromCharCode(...header.subarray(checksumAt, checksumAt + checksumDigits));
}

/** Puts the checksum into a header that is otherwise complete; the first 8 bytes are the length. */
export function sealHeader(header: Uint8Array): void {
  header.set(new TextEncoder().encode(headerChecksum(header)), checksumAt);
}

export function hex(checksum: number): string {
  return checksum.toString(16).padStart(8, '0');
}

export function roundUp(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}
