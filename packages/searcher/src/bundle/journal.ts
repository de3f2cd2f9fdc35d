import type { GalleryItem, NearkinErrorCode } from '@nearkin/core';

/** An item to make searchable. */
export interface SearcherItem<Input> extends GalleryItem<Input> {
  /**
   * What changes when the item does, such as size and date of its file: an interrupted build that goes on embeds items
   * with another stamp again.
   */
  readonly stamp?: string | undefined;
}

export interface SkippedItem {
  readonly id: string;
  readonly code: NearkinErrorCode;
  readonly message: string;
}

/** One row that was embedded. */
export interface EmbeddedRow {
  readonly id: string;
  readonly label: string;
  readonly metadata?: unknown;
  readonly stamp?: string | undefined;
  readonly vector: Float32Array;
  readonly thumbnail?: Uint8Array | undefined;
}

/** Keeps what was embedded, so that a job that was killed goes on where it was. */
export interface Journal {
  /** Rows of earlier runs, by id. */
  readonly rows: ReadonlyMap<string, EmbeddedRow>;
  /** Keeps a batch; when the promise is fulfilled it survives a kill. */
  keep(rows: readonly EmbeddedRow[]): Promise<void>;
  /** Takes the journal away. */
  remove(): Promise<void>;
}

/** A folder of batches, as the host keeps it. */
export interface BatchFolder {
  /** Names in it, in no order; none when it is not there. */
  list(): Promise<string[]>;
  read(name: string): Promise<Uint8Array>;
  /** In one step: the file is there whole, or not at all. */
  write(name: string, bytes: Uint8Array): Promise<void>;
  removeFiles(names: readonly string[]): Promise<void>;
  /** Removes the folder, if nothing else is in it. */
  remove(): Promise<void>;
}
