import type { RandomAccess } from './random-access.js';

/** What the hosts differ in. */
export interface FileHost {
  /** @param address a path or `file:` URL in Node, `opfs://name` in a browser */
  openFile(address: string): Promise<RandomAccess>;
  /** Replaces a file in one step; on failure the old one stays whole. */
  replaceFile(address: string, pieces: readonly Uint8Array[]): Promise<void>;
}
