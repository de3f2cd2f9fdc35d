import { NearkinError, readSafetensorsLayout, type SafetensorsSpan } from '@nearkin/core';
import {
  chunkTable,
  formatName,
  formatVersion,
  headerChecksum,
  headerStart,
  maxHeaderBytes,
  statedChecksum,
} from './container-format.js';
import type { RandomAccess } from './random-access.js';

/** A container whose header is read and checked; sections are not read yet. */
export interface Container {
  readonly access: RandomAccess;
  readonly metadata: ReadonlyMap<string, string>;
  /** Sections in the order in which they lie, padding and checksums among them. */
  readonly spans: ReadonlyMap<string, SafetensorsSpan>;
  /** The bytes that came with the first read, from the start of the file. */
  readonly front: Uint8Array;
  /** The checksum of the header, which holds or covers those of all sections: another file has another one. */
  readonly checksum: string;
}

/** Most headers, and the small sections of most files, come with the first read. */
const firstRead = 65_536;

/**
 * Reads and checks the header.
 *
 * @throws {NearkinError} `BAD_FORMAT` when it is damaged or another kind of file, `UNSUPPORTED_VERSION` when it is
 * newer, `IO_ERROR`, `ABORTED`
 */
export async function openContainer(
  access: RandomAccess,
  options: { signal?: AbortSignal | undefined } = {},
): Promise<Container> {
  const { location, size } = access;
  const first = await access.read({ offset: 0, length: Math.min(size, firstRead) }, options);
  const start = new TextEncoder().encode(headerStart);
  const length =
    first.length < 8 ? 0n : new DataView(first.buffer, first.byteOffset, first.byteLength).getBigUint64(0, true);
  if (!start.every((byte, i) => first[8 + i] === byte))
    throw bad(location, 'it does not start like one; is it another kind of file?');
  if (length > BigInt(maxHeaderBytes) || 8 + Number(length) > size)
    throw bad(location, `its header claims ${length} bytes, the file has ${size}; is it cut off?`);
  const headerBytes = 8 + Number(length);
  const header =
    headerBytes <= first.length
      ? first.subarray(0, headerBytes)
      : await access.read({ offset: 0, length: headerBytes }, options);
  const checksum = headerChecksum(header);
  if (statedChecksum(header) !== checksum) throw bad(location, 'its header does not match its checksum');
  assertVersion(header, location);
  const { tensors, metadata } = readSafetensorsLayout(header.subarray(8), size);
  if (Number(metadata.get('fileBytes')) !== size)
    throw bad(location, `expected ${Number(metadata.get('fileBytes'))} bytes, got ${size}`);
  return { access, metadata, spans: tensors, front: first, checksum };
}

/** Before anything else is looked at: a newer version may mean something else by it. */
function assertVersion(header: Uint8Array, location: string): void {
  let metadata: Record<string, unknown> | undefined;
  try {
    metadata = JSON.parse(new TextDecoder().decode(header.subarray(8)))?.__metadata__;
  } catch (cause) {
    throw bad(location, 'its header is not JSON', cause);
  }
  if (metadata?.['format'] !== formatName)
    throw bad(location, `expected the format ${formatName}, got ${JSON.stringify(metadata?.['format'])}`);
  const version = Number(metadata['version']);
  if (version === formatVersion) return;
  throw new NearkinError(
    version > formatVersion ? 'UNSUPPORTED_VERSION' : 'BAD_FORMAT',
    `Expected an index file of version ${formatVersion} in ${location}, got ${JSON.stringify(metadata['version'])}; a newer nearkin may read it.`,
    { details: { expected: formatVersion, received: metadata['version'], location } },
  );
}

/** @throws {NearkinError} `BAD_FORMAT` when there is no such section */
export function spanOf(container: Container, name: string): SafetensorsSpan {
  const span = container.spans.get(name);
  if (!span) throw bad(container.access.location, `the section ${name} is missing`);
  return span;
}

/** Sections that hold content: no padding, no checksums. */
export function contentNames(container: Container): string[] {
  return [...container.spans.keys()].filter((name) => name !== chunkTable && !name.startsWith('padding.'));
}

export function bad(location: string, reason: string, cause?: unknown): NearkinError {
  return new NearkinError('BAD_FORMAT', `Not a valid index file: ${location}: ${reason}.`, {
    cause,
    details: { location },
  });
}
