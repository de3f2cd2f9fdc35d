import {
  type Bundle,
  type BundleSource,
  type Embedder,
  type JobOptions,
  NearkinError,
  openBundle,
  throwIfAborted,
} from '@nearkin/core';
import { lazyEmbedder } from '../image/lazy-embedder.js';
import { checkedFiles } from '../models/checked-files.js';
import { isRecord } from '../models/model-artifacts.js';
import { badModel } from '../models/weight-specs.js';
import type { ImageInput } from '../pictures/image-input.js';
import { loadTextTower } from '../text/load-text-tower.js';
import { parseTransformersSource, type TransformersOptions } from '../transformers/transformers-source.js';
import { type DualEncoder, type Encoder, joinTowers } from './create-encoder.js';
import { type EncoderMetadata, readEncoderMetadata } from './encoder-metadata.js';

export interface LoadEncoderOptions extends JobOptions {
  /** Pictures or texts given to a model at a time. */
  readonly batchSize?: number | undefined;
  /** True loads the tower of pictures when the first picture comes. Default false. */
  readonly lazy?: boolean | undefined;
  /** Layer of a tfjs model whose output is the embedding; not for saved encoders, which know theirs. */
  readonly layer?: string | undefined;
  /** For towers of @huggingface/transformers. */
  readonly transformers?: TransformersOptions | undefined;
}

/**
 * Opens whatever can encode queries: a saved dual encoder, an embedder of pictures or of texts, any tfjs model of
 * pictures, a preset, or `hf:OWNER/NAME` for a model of @huggingface/transformers. What it can do shows in `image` and
 * `text`.
 *
 * @throws {NearkinError} `NOT_FOUND`, `BAD_MODEL`, `BAD_FORMAT` for damaged files, `UNSUPPORTED_VERSION`,
 *   `MISSING_DEPENDENCY`, and what loading the towers throws
 * @example
 * const encoder = await loadEncoder('models/words-and-pictures');
 * encoder.text !== undefined; // true
 */
export async function loadEncoder(source: BundleSource, options: LoadEncoderOptions = {}): Promise<Encoder> {
  const { signal } = options;
  throwIfAborted(signal);
  const named = parseTransformersSource(source);
  if (named) return (await import('../transformers/load-transformers.js')).loadTransformersEncoder(named, options);
  const plain = async () => {
    const { loadImageEmbedder } = await import('../image/load-image-embedder.js');
    const image = await loadImageEmbedder(source, options);
    return joinTowers({ image }, { id: image.id, towers: { image: image.id } });
  };
  if (typeof source === 'string' && (await import('../models/presets.js')).isPresetName(source)) return plain();
  const { bundle, file = 'model.json' } = await openBundle(source);
  const root = await bundle.read(file, { signal });
  const metadata = readEncoderMetadata(parseRoot(root, bundle, file), bundle.location);
  if (!metadata) return plain();
  return openSaved(checkedFiles(bundle, { root: file }), metadata, options);
}

/**
 * Opens a dual encoder: pictures and texts in one space.
 *
 * @param source a folder that `saveDualEncoder` wrote, a URL, files in memory, or `hf:OWNER/NAME` of a CLIP or SigLIP
 * @throws {NearkinError} `UNSUPPORTED` for a model of pictures alone, or texts alone; else as {@link loadEncoder}
 * @example
 * const encoder = await loadDualEncoder('models/words-and-pictures');
 * const { data } = await encoder.text.embed(['a red apple']);
 */
export async function loadDualEncoder(
  source: BundleSource,
  options: Omit<LoadEncoderOptions, 'lazy'> = {},
): Promise<DualEncoder> {
  const encoder = await loadEncoder(source, { ...options, lazy: false });
  if (encoder.image && encoder.text) return encoder as DualEncoder;
  encoder.dispose();
  throw new NearkinError(
    'UNSUPPORTED',
    `Expected a dual encoder, got an embedder of ${encoder.image ? 'pictures' : 'texts'} alone in ${String(source)}; open it with ${encoder.image ? 'loadImageEmbedder' : 'loadTextEmbedder'}.`,
    { details: { image: encoder.image !== undefined, text: encoder.text !== undefined } },
  );
}

async function openSaved(bundle: Bundle, metadata: EncoderMetadata, options: LoadEncoderOptions): Promise<Encoder> {
  const { id, dim } = metadata;
  const where = bundle.location;
  const opened: Embedder<unknown>[] = [];
  try {
    const text = metadata.text && (await loadTextTower(bundle, { stored: metadata.text, dim, ...options }));
    if (text) opened.push(text);
    const loadImage = () => loadImageTower(bundle, { metadata, ...options });
    const image = metadata.image && (options.lazy ? lazyEmbedder({ id, dim, load: loadImage }) : await loadImage());
    if (image) opened.push(image as Embedder<unknown>);
    for (const tower of opened)
      if (tower.dim !== dim) throw badModel(where, `a tower gives ${tower.dim} numbers, the encoder says ${dim}`);
    return joinTowers({ image, text }, { id, towers: { image: metadata.image?.id, text: metadata.text?.id } });
  } catch (error) {
    for (const tower of opened) tower.dispose();
    throw error;
  }
}

async function loadImageTower(
  bundle: Bundle,
  { metadata, ...options }: LoadEncoderOptions & { metadata: EncoderMetadata },
): Promise<Embedder<ImageInput>> {
  const stored = metadata.image!;
  const { signal, onProgress, batchSize } = options;
  if (stored.kind === 'transformers') {
    const { loadTransformersImages } = await import('../transformers/load-transformers.js');
    return loadTransformersImages(stored.reference, { ...options, expected: stored.id });
  }
  const { loadImageEmbedder } = await import('../image/load-image-embedder.js');
  return loadImageEmbedder(bundle, { signal, onProgress, batchSize });
}

function parseRoot(bytes: Uint8Array, bundle: Bundle, file: string): unknown {
  try {
    const json: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if (isRecord(json)) return json;
  } catch (cause) {
    throw badModel(`${bundle.location} (${file})`, 'it is not JSON', cause);
  }
  throw badModel(`${bundle.location} (${file})`, 'it is not a JSON object');
}
