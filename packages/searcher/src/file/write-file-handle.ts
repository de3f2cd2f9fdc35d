import { NearkinError } from '@nearkin/core';

/**
 * Writes a file that a browser gave: a swap file first, which takes the place of the old one when it is closed.
 *
 * @throws {NearkinError} `DISK_FULL`, `IO_ERROR`, `UNSUPPORTED`; the old file is then whole
 */
export async function writeFileHandle(
  handle: FileSystemFileHandle,
  { pieces, location }: { pieces: readonly Uint8Array[]; location: string },
): Promise<void> {
  if (typeof handle.createWritable !== 'function')
    throw new NearkinError('UNSUPPORTED', 'This browser cannot write files in one step; download the bytes instead.');
  let swap: FileSystemWritableFileStream | undefined;
  try {
    swap = await handle.createWritable();
    for (const piece of pieces) await swap.write(piece as Uint8Array<ArrayBuffer>);
    await swap.close();
  } catch (cause) {
    await swap?.abort().catch(() => {});
    const full = cause instanceof DOMException && cause.name === 'QuotaExceededError';
    throw new NearkinError(
      full ? 'DISK_FULL' : 'IO_ERROR',
      full
        ? 'The browser gives this page no more storage; what was there before is untouched.'
        : `Could not write ${location}: ${String(cause)}`,
      { cause, details: { location } },
    );
  }
}
