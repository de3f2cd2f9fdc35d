import type { RandomAccess } from './random-access.js';

/** What the hosts differ in. An address is a path or `file:` URL in Node, `opfs://name` in a browser. */
export interface FileHost {
  openFile(address: string): Promise<RandomAccess>;
  /**
   * Opens a file together with the log of changes beside it, so that both belong to the same moment.
   *
   * @returns no log where there is none, or where this host keeps none
   */
  openWithLog(address: string): Promise<{ base: RandomAccess; log: RandomAccess | undefined }>;
  /**
   * Takes the right to write a file; nobody else has it until the writer is closed.
   *
   * @param options.create make the folder too
   * @throws {NearkinError} `LOCKED`
   */
  openWriter(address: string, options?: { create?: boolean }): Promise<FileWriter>;
}

/** The only writer of a file and of the log beside it. Every promise is kept through a power cut once it is fulfilled. */
export interface FileWriter {
  readonly location: string;
  /** Replaces the file in one step; on failure the old one stays whole. */
  replaceBase(pieces: readonly Uint8Array[]): Promise<void>;
  /** Replaces the log in one step by one that holds only these bytes, and goes on there. */
  startLog(header: Uint8Array): Promise<void>;
  /** Goes on with the log that is there, cut to `size` bytes. */
  continueLog(size: number): Promise<void>;
  /** @throws {NearkinError} `DISK_FULL`, `IO_ERROR`; the log is then as it was, or takes no more changes */
  append(bytes: Uint8Array): Promise<void>;
  /** Takes the last appended bytes back. */
  cutLog(size: number): Promise<void>;
  logBytes(): number;
  removeLog(): Promise<void>;
  /** Releases the right to write. */
  close(): Promise<void>;
}
