import { NearkinError } from '@nearkin/core';
import { crc32 } from './crc-32.js';
import { damaged, type ZipEntry } from './zip-entries.js';

/** A packed file may grow by this much: texts pack to a tenth at best, bombs to a thousandth. */
const maxGrowth = 64;

/**
 * The content of an associated file, its checksum checked. Deflated entries are unpacked; no more is unpacked than the
 * archive announces, and nothing that announces to grow 64-fold or more.
 *
 * @param limit bytes of unpacked content to allow, whatever the archive says
 * @throws {NearkinError} `TOO_LARGE` for a file beyond the limits, `BAD_FORMAT`, `UNSUPPORTED` for other methods
 */
export async function unpackEntry(entry: ZipEntry, { limit }: { readonly limit: number }): Promise<Uint8Array> {
  const { name, stored, method, size } = entry;
  if (size > limit || size > maxGrowth * stored.length + 64)
    throw new NearkinError(
      'TOO_LARGE',
      `The associated file ${name} would unpack from ${stored.length} to ${size} bytes; at most ${Math.min(limit, maxGrowth * stored.length)} are allowed.`,
      { details: { name, packed: stored.length, size } },
    );
  const content = method === 0 ? stored : method === 8 ? await inflate(entry) : unsupported(entry);
  if (content.length !== size || crc32(content) !== entry.crc32)
    throw damaged(`${name} is not what was stored (its size or checksum differs)`);
  return content;
}

async function inflate({ name, stored, size }: ZipEntry): Promise<Uint8Array> {
  const stream = new Blob([stored as Uint8Array<ArrayBuffer>])
    .stream()
    .pipeThrough(new DecompressionStream('deflate-raw'));
  const reader = stream.getReader();
  const out = new Uint8Array(size);
  let at = 0;
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      if (at + next.value.length > size) throw damaged(`${name} unpacks to more than it announces`);
      out.set(next.value, at);
      at += next.value.length;
    }
  } catch (cause) {
    if (cause instanceof NearkinError) throw cause;
    throw damaged(`${name} cannot be unpacked`);
  } finally {
    await reader.cancel().catch(() => {});
  }
  return out.subarray(0, at);
}

function unsupported({ name, method }: ZipEntry): never {
  throw new NearkinError(
    'UNSUPPORTED',
    `The associated file ${name} is packed by method ${method}; expected 0 (stored) or 8 (deflate).`,
    { details: { name, method } },
  );
}
