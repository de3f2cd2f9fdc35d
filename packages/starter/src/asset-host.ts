/** What the hosts differ in. */
export interface AssetHost {
  /** @throws {NearkinError} `NOT_FOUND`, `IO_ERROR`, `ABORTED` */
  readAsset(url: URL, signal: AbortSignal | undefined): Promise<Uint8Array>;
}
