import {
  assertSameModel,
  type Bundle,
  type BundleSource,
  type Embedder,
  type Gallery,
  type JobOptions,
  NearkinError,
  openBundle,
  throwIfAborted,
} from '@nearkin/core';
import { contentName, type ImageInput, loadImageEmbedder } from '@nearkin/embedders';
import { bad, type ClassifierMetadata, fromJson, isRecord } from '../files/classifier-metadata.js';
import { galleryFromBytes } from '../files/gallery-bytes.js';
import { RetrievalClassifier } from './retrieval-classifier.js';

export interface LoadClassifierOptions<Input> extends JobOptions {
  /**
   * The embedder it was built with. Needed when the saved classifier does not contain it (functions); else it saves
   * loading it twice. It stays the caller's to dispose.
   */
  readonly embedder?: Embedder<Input> | undefined;
}

/**
 * Opens what `classifier.save` wrote. It answers bit for bit as the saved one did, and can be edited.
 *
 * Nothing in the files is trusted: sizes, checksums, labels and the embedder's identity are compared before use.
 *
 * @param source a folder, `…/model.json`, URL, `indexeddb://name`, files in memory, or an open bundle
 * @throws {NearkinError} `NOT_FOUND`; `BAD_FORMAT` for something else, damaged or inconsistent files;
 *   `UNSUPPORTED_VERSION`; `EMBEDDER_NEEDED`; `MODEL_MISMATCH`, `DIMENSION_MISMATCH` for another embedder;
 *   `BAD_MODEL` when the embedder inside is broken; `IO_ERROR`, `ABORTED`
 * @example
 * using classifier = await loadClassifier('models/fruit');
 * classifier.labels; // ['mango', 'papaya']
 */
export async function loadClassifier<Input = ImageInput>(
  source: BundleSource,
  options: LoadClassifierOptions<Input> = {},
): Promise<RetrievalClassifier<Input>> {
  const { signal } = options;
  throwIfAborted(signal);
  const { bundle, file = 'model.json' } = await openBundle(source);
  const { metadata, hasModel } = await readMetadata(bundle, { file, signal });
  const gallery = await readRows(bundle, metadata, signal);
  const rebuild = (embedder: Embedder<Input>, ownsEmbedder: boolean) => {
    assertSameModel(gallery, { modelId: embedder.id, vectors: embedder });
    return new RetrievalClassifier(embedder, gallery, { ...metadata.settings, ownsEmbedder });
  };
  if (options.embedder) return rebuild(options.embedder, false);
  if (!hasModel)
    throw new NearkinError(
      'EMBEDDER_NEEDED',
      `The classifier in ${bundle.location} does not contain its embedder (${metadata.modelId}); pass it as { embedder }.`,
      { details: { modelId: metadata.modelId } },
    );
  const embedder = await loadImageEmbedder(oneFile(bundle, file), { signal, onProgress: options.onProgress });
  try {
    return rebuild(embedder as unknown as Embedder<Input>, true);
  } catch (error) {
    embedder.dispose();
    throw error;
  }
}

async function readMetadata(
  bundle: Bundle,
  options: { file: string; signal: AbortSignal | undefined },
): Promise<{ metadata: ClassifierMetadata; hasModel: boolean }> {
  const where = `${bundle.location} (${options.file})`;
  let json: unknown;
  try {
    const bytes = await bundle.read(options.file, { signal: options.signal });
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    if (cause instanceof NearkinError) throw cause;
    throw bad(where, `${options.file} is not JSON`, cause);
  }
  const user = isRecord(json) ? json['userDefinedMetadata'] : undefined;
  const nearkin = isRecord(user) ? user['nearkin'] : undefined;
  const metadata = fromJson(isRecord(nearkin) ? nearkin['classifier'] : undefined, where);
  return { metadata, hasModel: isRecord(nearkin) && nearkin['embedder'] !== undefined };
}

async function readRows(
  bundle: Bundle,
  metadata: ClassifierMetadata,
  signal: AbortSignal | undefined,
): Promise<Gallery> {
  const { gallery: name, labels, modelId, dim, settings } = metadata;
  const where = bundle.location;
  if (name === undefined)
    throw bad(
      where,
      'it is an exported graph without rows; it runs in tfjs, but only a saved classifier can be opened',
    );
  const bytes = await bundle.read(name, { signal });
  if (contentName('gallery.safetensors', bytes) !== name)
    throw bad(where, `${name} is not what was saved: its content does not match the hash in its name`);
  const gallery = galleryFromBytes(bytes, settings.quantize === 'int8');
  const order = [...new Set(gallery.labels)];
  if (order.length !== labels.length || order.some((label, i) => label !== labels[i]))
    throw bad(where, 'the labels in model.json are not those of the rows');
  if (gallery.modelId !== modelId || gallery.vectors.dim !== dim)
    throw bad(where, `its rows are ${gallery.vectors.dim}-d of ${gallery.modelId}, expected ${dim}-d of ${modelId}`);
  return gallery;
}

/** The same bundle, whose model is the file that the source named, and whose files must match the hash in their names. */
function oneFile(bundle: Bundle, file: string): Bundle {
  return {
    location: bundle.location,
    async read(name, options) {
      const bytes = await bundle.read(name === 'model.json' ? file : name, options);
      const plain = name.replace(/-[0-9a-f]{16}(\.[^.]+)$/, '$1');
      if (plain !== name && contentName(plain, bytes) !== name)
        throw bad(bundle.location, `${name} is not what was saved: its content does not match the hash in its name`);
      return bytes;
    },
  };
}
