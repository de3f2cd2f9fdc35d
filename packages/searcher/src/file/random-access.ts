import { NearkinError } from '@nearkin/core';

/** A stretch of bytes. */
export interface ByteSpan {
  readonly offset: number;
  readonly length: number;
}

/** Bytes that can be read in pieces, wherever they lie: in memory, in a file, behind a URL. */
export interface RandomAccess {
  /** For messages: a path, a URL. */
  readonly location: string;
  readonly size: number;
  /**
   * Reads exactly `length` bytes; the caller may keep them but not change them.
   *
   * @throws {NearkinError} `BAD_FORMAT` beyond the end, `IO_ERROR`, `ABORTED`
   */
  read(span: ByteSpan, options?: { signal?: AbortSignal | undefined }): Promise<Uint8Array>;
  /** Frees what the host holds open; reading afterwards is an `IO_ERROR`. */
  close(): Promise<void>;
}

/** Bytes in memory; pieces are views, not copies. */
export function bytesAccess(bytes: Uint8Array, location = 'memory'): RandomAccess {
  return {
    location,
    size: bytes.length,
    async read({ offset, length }) {
      assertInside({ offset, length }, { size: bytes.length, location });
      return bytes.subarray(offset, offset + length);
    },
    async close() {},
  };
}

/** A `Blob` or `File`, in a browser or in Node. */
export function blobAccess(blob: Blob, location = 'a blob'): RandomAccess {
  return {
    location,
    size: blob.size,
    async read({ offset, length }, options = {}) {
      assertInside({ offset, length }, { size: blob.size, location });
      throwIfStopped(options.signal, location);
      let bytes: Uint8Array;
      try {
        bytes = new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer());
      } catch (cause) {
        throw new NearkinError(
          'IO_ERROR',
          `Could not read ${location}: ${String(cause)}; was the file changed or removed after it was picked?`,
          { cause, details: { location } },
        );
      }
      if (bytes.length !== length) throw cutOff({ offset, length }, { size: offset + bytes.length, location });
      return bytes;
    },
    async close() {},
  };
}

/** @throws {NearkinError} `BAD_FORMAT` when the span is not inside the file */
export function assertInside(span: ByteSpan, file: { size: number; location: string }): void {
  const { offset, length } = span;
  if (Number.isSafeInteger(offset) && Number.isSafeInteger(length) && offset >= 0 && length >= 0)
    if (offset + length <= file.size) return;
  throw cutOff(span, file);
}

/** @throws {NearkinError} `ABORTED` */
export function throwIfStopped(signal: AbortSignal | undefined, location: string): void {
  if (signal?.aborted)
    throw new NearkinError('ABORTED', `Reading ${location} was cancelled.`, { cause: signal.reason });
}

export function cutOff(span: ByteSpan, { size, location }: { size: number; location: string }): NearkinError {
  return new NearkinError(
    'BAD_FORMAT',
    `Expected ${span.length} bytes at ${span.offset} of ${location}, it has ${size}; is the file cut off?`,
    { details: { ...span, size, location } },
  );
}
