import type { JobOptions } from '@nearkin/core';
import type { BatchFolder } from '../bundle/journal.js';
import type { LogBase } from './change-log.js';
import type { IndexChange } from './index-change.js';
import type { IndexEngine } from './load-with-log.js';
import type { RandomAccess } from './random-access.js';

/** What the hosts differ in. An address is a path or `file:` URL in Node, `opfs://name` in a browser. */
export interface FileHost {
  openFile(address: string): Promise<RandomAccess>;
  /**
   * Opens a file together with the log of changes beside it, so that both belong to the same moment.
   *
   * @returns no log where there is none, or where this host keeps none
   */
  openWithLog(address: string): Promise<{ base: RandomAccess; log: StoredLog | undefined }>;
  /**
   * Replaces a file in one step, and drops the log of the old one.
   *
   * @throws {NearkinError} `LOCKED`, `DISK_FULL`, `IO_ERROR`; the old file is then whole
   */
  replaceFile(address: string, pieces: readonly Uint8Array[]): Promise<void>;
  /**
   * Opens an index on disk for changing it; one writer at a time.
   *
   * @throws {NearkinError} `LOCKED`, `UNSUPPORTED`, and what opening the file throws
   */
  openIndexWriter<Index>(
    engine: IndexEngine<Index>,
    options: LoadOptions & { address: string },
  ): Promise<{ index: Index; writer: IndexWriter }>;
  /**
   * A folder for batches of a build.
   *
   * @throws {NearkinError} `UNSUPPORTED`
   */
  openBatchFolder(address: string): BatchFolder;
}

export interface LoadOptions extends JobOptions {
  readonly modelId?: string | undefined;
}

/** The log of changes beside a file. */
export interface StoredLog {
  readonly location: string;
  readonly size: number;
  /** Changes that go on from this state of the file, and where each stands in the log. */
  changes(base: LogBase): AsyncIterable<{ change(): IndexChange; start: number; end: number }>;
  close(): Promise<void>;
}

/** Changes an index on disk: each change is on disk before it is acknowledged. */
export interface IndexWriter {
  /** Changes in the log: compact when it gets long. */
  changes(): number;
  change(change: IndexChange): Promise<void>;
  /**
   * Folds the log into the file.
   *
   * @param before a change of the index that the log cannot hold, made first
   */
  compact(before?: () => void): Promise<void>;
  close(): Promise<void>;
}
