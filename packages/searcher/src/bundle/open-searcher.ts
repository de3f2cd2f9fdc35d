import {
  type Bundle,
  type BundleSource,
  type JobOptions,
  NearkinError,
  openBundle,
  throwIfAborted,
} from '@nearkin/core';
import { openIndex } from '../file/index-file.js';
import type { EngineOptions } from '../state/snapshot.js';
import { type BundleRoot, readRoot, rootFile } from './bundle-format.js';
import { type BundleSearcher, createBundleSearcher } from './bundle-searcher.js';
import { readChecked } from './checked-name.js';
import { type EncoderFiles, encoderPackage } from './embedders-package.js';
import type { QueryEncoder } from './query-encoder.js';
import { openThumbnails } from './thumbnails.js';

export interface OpenSearcherOptions<Image> extends JobOptions, EngineOptions {
  /**
   * The encoder that the rows were made with. Needed when the bundle does not hold it; else it saves opening it. It stays
   * the caller's.
   */
  readonly encoder?: QueryEncoder<Image> | undefined;
  /** Passed to `loadEncoder` of @nearkin/embedders: `batchSize`, `transformers`. */
  readonly encoderOptions?: Readonly<Record<string, unknown>> | undefined;
}

/** What `openSearcher` does. */
export async function openSearcherNow<Image>(
  source: BundleSource,
  options: OpenSearcherOptions<Image> = {},
): Promise<BundleSearcher<Image>> {
  const { signal, onProgress, engine, relaxed, shared } = options;
  throwIfAborted(signal);
  const { bundle, file = rootFile } = await openBundle(source);
  const root = readRoot(await bundle.read(file, { signal }), bundle.location);
  onProgress?.({ done: 1, total: 3, phase: 'read' });
  const bytes = await readChecked(bundle, root.index, { signal });
  const index = await openIndex(bytes, { engine, relaxed, shared, signal });
  try {
    onProgress?.({ done: 2, total: 3, phase: 'read' });
    assertOwnIndex(index, root, bundle.location);
    const encoder = options.encoder ?? (await openEncoder<Image>(bundle, root, options));
    onProgress?.({ done: 3, total: 3, phase: 'read' });
    try {
      return createBundleSearcher<Image>({
        index,
        encoder,
        userinfo: root.userinfo,
        ownsEncoder: options.encoder === undefined,
        ...(root.thumbnails === null ? {} : { thumbnails: openThumbnails(bundle, root.thumbnails) }),
        ...(root.encoder === null ? {} : { encoderFiles: () => copyEncoder(bundle, root) }),
      });
    } catch (error) {
      if (options.encoder === undefined) encoder.dispose?.();
      throw error;
    }
  } catch (error) {
    index.dispose();
    throw error;
  }
}

/** The encoder of a bundle. */
export async function openEncoder<Image>(
  bundle: Bundle,
  root: BundleRoot,
  { signal, encoderOptions }: Pick<OpenSearcherOptions<Image>, 'signal' | 'encoderOptions'>,
): Promise<QueryEncoder<Image>> {
  const { encoder: name } = root;
  if (name === null)
    throw new NearkinError(
      'EMBEDDER_NEEDED',
      `The searcher in ${bundle.location} does not contain its encoder (${root.modelId}); pass it as { encoder }.`,
      { details: { modelId: root.modelId } },
    );
  const { loadEncoder } = await encoderPackage();
  const files: Bundle = {
    location: bundle.location,
    read: (wanted, readOptions) =>
      wanted === 'model.json' ? readChecked(bundle, name, readOptions) : bundle.read(wanted, readOptions),
  };
  return (await loadEncoder(files, { ...encoderOptions, lazy: true, signal })) as QueryEncoder<Image>;
}

/** @throws {NearkinError} `MODEL_MISMATCH` for the index of another bundle */
export function assertOwnIndex(
  index: { readonly modelId?: string | undefined; readonly dim: number },
  root: BundleRoot,
  location: string,
): void {
  if (index.modelId === root.modelId && index.dim === root.dim) return;
  throw new NearkinError(
    'MODEL_MISMATCH',
    `Expected an index of ${root.modelId} in ${location}, got one of ${index.modelId}; files of two bundles were mixed.`,
    { details: { expected: root.modelId, received: index.modelId } },
  );
}

/** The encoder's files as they are, to save the searcher again. */
async function copyEncoder(bundle: Bundle, root: BundleRoot): Promise<EncoderFiles> {
  const json = await readChecked(bundle, root.encoder!);
  const files = new Map([['model.json', json]]);
  const { userDefinedMetadata } = JSON.parse(new TextDecoder().decode(json));
  const names: unknown = userDefinedMetadata?.nearkin?.files;
  for (const name of Array.isArray(names) ? names : []) files.set(String(name), await bundle.read(String(name)));
  return files;
}
