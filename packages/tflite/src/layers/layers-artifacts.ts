/** A tfjs LayersModel as it is stored: what `model.save` and `readModelArtifacts` give (tfjs's `io.ModelArtifacts`). */
export interface LayersArtifacts {
  readonly modelTopology?: unknown;
  readonly weightSpecs?: readonly StoredWeight[] | undefined;
  /** The weights one after another, in the order of the specs. */
  readonly weightData?: ArrayBuffer | readonly ArrayBuffer[] | Uint8Array | undefined;
}

/** Name, shape and type of one weight, as `weights_manifest.json` lists them. */
export interface StoredWeight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly quantization?:
    | { readonly dtype: string; readonly scale?: number | undefined; readonly min?: number | undefined }
    | undefined;
}
