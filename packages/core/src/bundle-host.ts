/** A folder of files, wherever it lies: on disk, behind a URL, in browser storage or in memory. Reading only. */
export interface Bundle {
  /** For messages: a path, a URL. */
  readonly location: string;
  /**
   * Reads one file whole.
   *
   * @param name relative to the bundle, `/` between folders; a name that leads out of the bundle is refused
   * @throws {NearkinError} `UNSAFE_PATH`, `NOT_FOUND`, `IO_ERROR`, `ABORTED`
   */
  read(name: string, options?: { signal?: AbortSignal | undefined }): Promise<Uint8Array>;
  /**
   * The path or URL of one file, for readers that take it in pieces; left out where files have none of their own.
   *
   * @throws {NearkinError} `UNSAFE_PATH`
   */
  address?(name: string): string;
}

/** What the hosts differ in. */
export interface BundleHost {
  openFolder(path: string): Promise<Bundle>;
  openStorage(name: string): Promise<Bundle>;
  writeFolder(path: string, files: ReadonlyMap<string, Uint8Array>, root: string): Promise<void>;
  writeStorage(name: string, files: ReadonlyMap<string, Uint8Array>, root: string): Promise<void>;
}
