import { crc32c } from '@nearkin/core';
import { type ChunkCache, createChunkCache } from './chunk-cache.js';
import { chunkBytes, chunkTable, hex } from './container-format.js';
import { bad, type Container, spanOf } from './open-container.js';
import { type ByteSpan, throwIfStopped } from './random-access.js';

type Stop = { readonly signal?: AbortSignal | undefined };

/** Sections of a file, read when asked for, every byte checked against a checksum before it is handed out. */
export interface LazySections {
  /** Bytes of a section, or undefined when the file has none of that name. */
  bytesOf(name: string): number | undefined;
  /**
   * Reads a stretch of a section; the caller may keep it but not change it.
   *
   * @param options the stretch; by default the whole section
   * @throws {NearkinError} `BAD_FORMAT` when the section is missing, shorter or damaged; `IO_ERROR`, `ABORTED`
   */
  read(name: string, options?: Partial<ByteSpan> & Stop): Promise<Uint8Array>;
  /** Bytes read from the source so far. */
  fetchedBytes(): number;
  close(): Promise<void>;
}

export interface OpenSectionsOptions extends Stop {
  /** Bytes of large sections that are kept for the next read. Default 64 MiB. */
  readonly cacheBytes?: number | undefined;
}

/**
 * Reads the small sections at once, chunks of the large ones when asked for. A large section that is asked for whole
 * is read past the cache.
 *
 * @throws {NearkinError} `BAD_FORMAT`, `IO_ERROR`, `ABORTED`
 */
export async function openSections(container: Container, options: OpenSectionsOptions = {}): Promise<LazySections> {
  const { access, metadata, spans } = container;
  const { location } = access;
  if (Number(metadata.get('chunkBytes')) !== chunkBytes)
    throw bad(location, `expected chunks of ${chunkBytes} bytes, got ${metadata.get('chunkBytes')}`);
  let { front } = container;
  let fetched = front.length;
  const fetchBytes = async ({ offset, length }: ByteSpan, stop: Stop) => {
    if (offset + length <= front.length) return front.subarray(offset, offset + length);
    fetched += length;
    return access.read({ offset, length }, { signal: stop.signal });
  };

  const isLarge = (name: string) => name !== chunkTable && !metadata.has(`crc32c.${name}`) && !isPadding(name);
  const frontBytes = [...spans].slice(0, [...spans.keys()].findIndex(isLarge)).reduce((_, [, { end }]) => end, 0);
  if (frontBytes > front.length) {
    const rest = await fetchBytes({ offset: front.length, length: frontBytes - front.length }, options);
    const joined = new Uint8Array(frontBytes);
    joined.set(front);
    joined.set(rest, front.length);
    front = joined;
  }
  const verified = new Map<string, Uint8Array>();
  const readSmall = async (name: string, stop: Stop) => {
    const kept = verified.get(name);
    if (kept) return kept;
    const { start, end } = spanOf(container, name);
    const bytes = await fetchBytes({ offset: start, length: end - start }, stop);
    if (hex(crc32c(bytes)) !== metadata.get(`crc32c.${name}`)) throw damaged(name, location);
    verified.set(name, bytes);
    return bytes;
  };

  const cache = createChunkCache(options.cacheBytes ?? 64 * 1024 * 1024);
  const large = new Map<string, LargeSection>();
  let chunks = 0;
  for (const [name, { start, end }] of spans) {
    if (!isLarge(name)) continue;
    large.set(name, { name, start, bytes: end - start, firstChunk: chunks, cache, location, fetchBytes });
    chunks += Math.ceil((end - start) / chunkBytes);
  }
  const sums = chunks > 0 ? await readSmall(chunkTable, options) : new Uint8Array(0);
  if (sums.length !== chunks * 4) throw bad(location, `expected ${chunks} chunk checksums, got ${sums.length / 4}`);

  return {
    bytesOf(name) {
      const span = spans.get(name);
      return span && span.end - span.start;
    },
    async read(name, { offset = 0, length, signal } = {}) {
      throwIfStopped(signal, location);
      const { start, end } = spanOf(container, name);
      const span = { offset, length: length ?? end - start - offset };
      if (!(offset >= 0 && span.length >= 0 && offset + span.length <= end - start))
        throw bad(location, `expected ${span.length} bytes at ${offset} of the section ${name}, it has ${end - start}`);
      const section = large.get(name);
      if (section) return readLarge(section, span, { signal, sums });
      return (await readSmall(name, { signal })).subarray(offset, offset + span.length);
    },
    fetchedBytes: () => fetched,
    async close() {
      verified.clear();
      cache.clear();
      await access.close();
    },
  };
}

interface LargeSection {
  readonly name: string;
  /** In the file. */
  readonly start: number;
  readonly bytes: number;
  /** Number of its first chunk among all chunks of the file. */
  readonly firstChunk: number;
  readonly cache: ChunkCache;
  readonly location: string;
  fetchBytes(span: ByteSpan, stop: Stop): Promise<Uint8Array>;
}

async function readLarge(
  section: LargeSection,
  span: ByteSpan,
  { signal, sums }: Stop & { sums: Uint8Array },
): Promise<Uint8Array> {
  const { start, bytes: size, firstChunk, cache } = section;
  /** Chunks `from` up to `to` of the section, checked. */
  const fetchChunks = async (from: number, to: number) => {
    const offset = from * chunkBytes;
    const bytes = await section.fetchBytes(
      { offset: start + offset, length: Math.min(to * chunkBytes, size) - offset },
      { signal },
    );
    verifyChunks(bytes, { sums, chunk: firstChunk + from, section });
    return bytes;
  };
  const first = Math.floor(span.offset / chunkBytes);
  const last = Math.ceil((span.offset + span.length) / chunkBytes);
  if (span.length === size) return fetchChunks(first, last);
  const out = new Uint8Array(span.length);
  const put = (bytes: Uint8Array, chunk: number) => {
    const at = chunk * chunkBytes - span.offset;
    out.set(bytes.subarray(Math.max(0, -at), span.length - at), Math.max(0, at));
  };
  for (let chunk = first; chunk < last; ) {
    const kept = cache.get(firstChunk + chunk);
    if (kept) {
      put(kept, chunk++);
      continue;
    }
    // One request for all chunks up to the next one that is there.
    let to = chunk + 1;
    while (to < last && !cache.has(firstChunk + to)) to++;
    const bytes = await fetchChunks(chunk, to);
    put(bytes, chunk);
    for (let at = 0; chunk < to; chunk++, at += chunkBytes)
      cache.set(firstChunk + chunk, bytes.slice(at, at + chunkBytes));
  }
  return out;
}

function verifyChunks(
  bytes: Uint8Array,
  { sums, chunk, section }: { sums: Uint8Array; chunk: number; section: LargeSection },
): void {
  const view = new DataView(sums.buffer, sums.byteOffset, sums.byteLength);
  for (let i = 0; i * chunkBytes < bytes.length; i++)
    if (crc32c(bytes.subarray(i * chunkBytes, (i + 1) * chunkBytes)) !== view.getUint32(4 * (chunk + i), true))
      throw damaged(section.name, section.location);
}

function damaged(name: string, location: string) {
  return bad(location, `the section ${name} does not match its checksum; it is damaged`);
}

function isPadding(name: string): boolean {
  return name.startsWith('padding.');
}
