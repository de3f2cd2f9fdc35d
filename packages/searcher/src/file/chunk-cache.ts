/** Pieces of a file by number, up to so many bytes; the least recently used are dropped first. */
export interface ChunkCache {
  has(chunk: number): boolean;
  get(chunk: number): Uint8Array | undefined;
  set(chunk: number, bytes: Uint8Array): void;
  clear(): void;
}

export function createChunkCache(maxBytes: number): ChunkCache {
  // A Map keeps its keys in the order in which they were set: the first one was not used for the longest time.
  const chunks = new Map<number, Uint8Array>();
  let bytesHeld = 0;
  return {
    has: (chunk) => chunks.has(chunk),
    get(chunk) {
      const bytes = chunks.get(chunk);
      if (!bytes) return undefined;
      chunks.delete(chunk);
      chunks.set(chunk, bytes);
      return bytes;
    },
    set(chunk, bytes) {
      bytesHeld += bytes.length - (chunks.get(chunk)?.length ?? 0);
      chunks.delete(chunk);
      chunks.set(chunk, bytes);
      for (const [oldest, { length }] of chunks) {
        if (bytesHeld <= maxBytes) break;
        chunks.delete(oldest);
        bytesHeld -= length;
      }
    },
    clear() {
      chunks.clear();
      bytesHeld = 0;
    },
  };
}
