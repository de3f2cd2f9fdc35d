import { NearkinError } from '@nearkin/core';
import { fileHost } from '#file-host';
import { httpAccess } from './http-access.js';
import { blobAccess, bytesAccess, type RandomAccess } from './random-access.js';
import { writeFileHandle } from './write-file-handle.js';

/**
 * Where an index file is: a path or `file:` URL (Node), `opfs://name` (browser storage), an `http(s):` URL, bytes, a
 * `Blob` or `File`, a file handle of a browser, or anything that can be read in pieces.
 */
export type IndexSource = string | URL | Uint8Array | ArrayBuffer | Blob | FileSystemFileHandle | RandomAccess;

/** Where an index file can be written: a path or `file:` URL (Node), `opfs://name` or a file handle (browser). */
export type IndexTarget = string | URL | FileSystemFileHandle;

/** @throws {NearkinError} `NOT_FOUND`, `IO_ERROR`, `ABORTED`, `UNSUPPORTED` when this host cannot read such a source */
export async function openSource(
  source: IndexSource,
  options: { signal?: AbortSignal | undefined } = {},
): Promise<RandomAccess> {
  if (source instanceof Uint8Array) return bytesAccess(source);
  if (source instanceof ArrayBuffer) return bytesAccess(new Uint8Array(source));
  if (typeof Blob !== 'undefined' && source instanceof Blob)
    return blobAccess(source, 'name' in source ? String(source.name) : undefined);
  if (typeof source === 'string' || source instanceof URL) {
    const address = String(source);
    return /^https?:/i.test(address) ? httpAccess(address, options) : fileHost.openFile(address);
  }
  if (isFileHandle(source)) return blobAccess(await source.getFile(), source.name);
  if (typeof source === 'object' && source !== null && 'read' in source && 'size' in source) return source;
  throw new NearkinError(
    'UNSUPPORTED',
    `Cannot open ${String(source)}: expected a path, an address, bytes, a Blob or a file handle.`,
  );
}

/**
 * Replaces a file in one step, and drops the log of changes of the old one: readers see the old state or the new one.
 *
 * @throws {NearkinError} `LOCKED`, `DISK_FULL`, `IO_ERROR`, `UNSUPPORTED`; the old file is then whole
 */
export async function writeTarget(target: IndexTarget, pieces: readonly Uint8Array[]): Promise<void> {
  if (isFileHandle(target)) return writeFileHandle(target, { pieces, location: target.name });
  const address = String(target);
  if (/^https?:/i.test(address))
    throw new NearkinError('UNSUPPORTED', `Cannot write to ${address}: expected a path or browser storage.`, {
      details: { address },
    });
  return fileHost.replaceFile(address, pieces);
}

/** Whether the source is a file of the host's, which may have a log of changes beside it. */
export function isAddress(source: IndexSource): source is string | URL {
  return (typeof source === 'string' || source instanceof URL) && !/^https?:/i.test(String(source));
}

function isFileHandle(value: unknown): value is FileSystemFileHandle {
  return typeof value === 'object' && value !== null && 'getFile' in value && 'createWritable' in value;
}
