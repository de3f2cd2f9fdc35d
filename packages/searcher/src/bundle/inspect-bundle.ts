import { type BundleSource, NearkinError, openBundle } from '@nearkin/core';
import { type FileReport, inspectFile } from '../file/inspect-file.js';
import { readRoot, rootFile } from './bundle-format.js';
import { checkedSize, readChecked } from './checked-name.js';
import { countThumbnails } from './thumbnails.js';

/** One file of a search bundle. */
export interface BundleFileReport {
  readonly name: string;
  /** Undefined where it is missing. */
  readonly bytes: number | undefined;
  /** False where it is missing, or not what its name says. */
  readonly intact: boolean;
}

/** What a search bundle holds. */
export interface BundleReport {
  readonly version: number;
  readonly dim: number;
  /** The encoder that rows were made with. */
  readonly modelId: string;
  /** Of the index file; undefined when it is missing or damaged beyond its header. */
  readonly index: FileReport | undefined;
  /** The encoder's root file; null where the encoder is not in the bundle. */
  readonly encoder: string | null;
  /** Rows with a thumbnail; undefined for a bundle without them, or when their table is missing or damaged. */
  readonly thumbnails: number | undefined;
  readonly userinfo: unknown;
  readonly files: readonly BundleFileReport[];
  readonly bytes: number;
  readonly intact: boolean;
}

/** What `inspectBundle` does. */
export async function inspectBundleNow(
  source: BundleSource,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<BundleReport> {
  const { bundle, file = rootFile } = await openBundle(source);
  const rootBytes = await bundle.read(file, options);
  const root = readRoot(rootBytes, bundle.location);
  const files: BundleFileReport[] = [];
  let index: FileReport | undefined;
  for (const name of root.files) {
    const bytes = await bundle.read(name, options).catch(ignoring('NOT_FOUND'));
    // The encoder checks its own files by other names.
    const isChecked = checkedSize(name) !== undefined;
    const whole = isChecked
      ? await readChecked(bundle, name, options).catch(ignoring('NOT_FOUND', 'BAD_FORMAT'))
      : bytes;
    files.push({ name, bytes: bytes?.length, intact: whole !== undefined });
    if (name === root.index && bytes) index = await inspectFile(bytes, options).catch(ignoring('BAD_FORMAT'));
  }
  const { version, dim, modelId, encoder, userinfo, thumbnails } = root;
  return {
    version,
    dim,
    modelId,
    index,
    encoder,
    thumbnails:
      thumbnails === null
        ? undefined
        : await countThumbnails(bundle, thumbnails).catch(ignoring('NOT_FOUND', 'BAD_FORMAT')),
    userinfo,
    files,
    bytes: files.reduce((sum, { bytes = 0 }) => sum + bytes, rootBytes.length),
    intact: files.every(({ intact }) => intact) && index?.intact === true,
  };
}

function ignoring(...codes: string[]) {
  return (error: unknown): undefined => {
    if (error instanceof NearkinError && codes.includes(error.code)) return undefined;
    throw error;
  };
}
