import { crc32c, NearkinError, type SafetensorsEntry } from '@nearkin/core';
import {
  chunkBytes,
  chunkTable,
  formatName,
  formatVersion,
  headerStart,
  hex,
  largeAlignment,
  maxHeaderBytes,
  paddingPrefix,
  roundUp,
  sealHeader,
  smallAlignment,
} from './container-format.js';

const placeholder = '00000000';
const lengthDigits = 16;

/** What a container holds: named sections, and texts about the whole. */
export interface ContainerContent {
  readonly sections: ReadonlyMap<string, SafetensorsEntry>;
  readonly metadata: ReadonlyMap<string, string>;
}

/**
 * Lays a container out and returns its pieces in order, without copying the sections: small sections first, so that
 * one read from the front finds the header and all of them.
 *
 * @throws {NearkinError} `INVALID_ARGUMENT` when the header would exceed 1 MB
 */
export function writeContainer({ sections, metadata }: ContainerContent): Uint8Array[] {
  const isLarge = ({ bytes }: SafetensorsEntry) => bytes.length > chunkBytes;
  const large = [...sections].filter(([, entry]) => isLarge(entry));
  const small = [...sections].filter(([, entry]) => !isLarge(entry));
  const table = chunkChecksums(large.map(([, { bytes }]) => bytes));
  if (large.length > 0) small.unshift([chunkTable, { dtype: 'U32', shape: [table.length / 4], bytes: table }]);

  const placed = [
    ...withPadding(small, { alignment: smallAlignment, from: 0 }),
    ...withPadding(large, {
      alignment: largeAlignment,
      from: small.reduce((at, [, { bytes }]) => roundUp(at, smallAlignment) + bytes.length, 0),
    }),
  ].map(([name, entry], i): [string, SafetensorsEntry] => [name || `${paddingPrefix}${i}`, entry]);
  const header = writeHeader(placed, {
    metadata: [...metadata, ...small.map(([name, { bytes }]) => [`crc32c.${name}`, hex(crc32c(bytes))] as const)],
    alignment: large.length > 0 ? largeAlignment : smallAlignment,
  });
  return [header, ...placed.map(([, { bytes }]) => bytes)];
}

/** Joins pieces into one file. */
export function joinPieces(pieces: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    out.set(piece, at);
    at += piece.length;
  }
  return out;
}

/** Little-endian u32 for each chunk of each section, one section after the other. */
function chunkChecksums(sections: readonly Uint8Array[]): Uint8Array {
  const count = sections.reduce((sum, { length }) => sum + Math.ceil(length / chunkBytes), 0);
  const view = new DataView(new ArrayBuffer(count * 4));
  let i = 0;
  for (const bytes of sections)
    for (let at = 0; at < bytes.length; at += chunkBytes)
      view.setUint32(4 * i++, crc32c(bytes.subarray(at, at + chunkBytes)), true);
  return new Uint8Array(view.buffer);
}

/** Nameless entries are padding. */
function withPadding(
  entries: readonly [string, SafetensorsEntry][],
  { alignment, from }: { alignment: number; from: number },
): [string, SafetensorsEntry][] {
  const out: [string, SafetensorsEntry][] = [];
  let at = from;
  for (const [name, entry] of entries) {
    const gap = roundUp(at, alignment) - at;
    if (gap > 0) out.push(['', { dtype: 'U8', shape: [gap], bytes: new Uint8Array(gap) }]);
    out.push([name, entry]);
    at += gap + entry.bytes.length;
  }
  return out;
}

function writeHeader(
  placed: readonly [string, SafetensorsEntry][],
  { metadata, alignment }: { metadata: readonly (readonly [string, string])[]; alignment: number },
): Uint8Array {
  let offset = 0;
  const spans = placed.map(([name, { dtype, shape, bytes }]) => {
    const start = offset;
    offset += bytes.length;
    return `,${JSON.stringify(name)}:${JSON.stringify({ dtype, shape, data_offsets: [start, offset] })}`;
  });
  const json = (fileBytes: number) => {
    const texts = Object.fromEntries([
      ['format', formatName],
      ['version', String(formatVersion)],
      ['fileBytes', String(fileBytes).padStart(lengthDigits, '0')],
      ['chunkBytes', String(chunkBytes)],
      ...metadata,
    ]);
    return `${headerStart}${placeholder}",${JSON.stringify(texts).slice(1)}${spans.join('')}}`;
  };
  const size = roundUp(8 + new TextEncoder().encode(json(0)).length, alignment);
  if (size - 8 > maxHeaderBytes)
    throw new NearkinError(
      'INVALID_ARGUMENT',
      `Expected a header of at most ${maxHeaderBytes} bytes, got ${size - 8}; shorten the model's id.`,
      { details: { expected: maxHeaderBytes, received: size - 8 } },
    );
  const header = new Uint8Array(size).fill(0x20);
  new DataView(header.buffer).setBigUint64(0, BigInt(size - 8), true);
  header.set(new TextEncoder().encode(json(size + offset)), 8);
  sealHeader(header);
  return header;
}
