import { type BundleTarget, type Embedder, NearkinError, writeBundle } from '@nearkin/core';
import type { ImageEmbedder } from '../image/image-embedder.js';
import { embedderMetadata } from '../image/save-embedder.js';
import { layersArtifacts } from '../models/load-layers.js';
import { contentName, modelFiles } from '../models/model-files.js';
import { createHashedTextEmbedder } from '../text/hashed-text-embedder.js';
import { writeHashedText } from '../text/hashed-text-file.js';
import { textModelOf } from '../text/text-embedder.js';
import { createEncoder, type DualEncoder, type Encoder } from './create-encoder.js';
import type { StoredImageTower, StoredTextTower } from './encoder-metadata.js';

/**
 * Saves a dual encoder as one folder: `model.json` is the tower of pictures, which any tfjs program and
 * `loadImageEmbedder` can open; the tower of texts, preprocessing and the identity lie beside it. Towers of
 * @huggingface/transformers are named, not copied.
 *
 * @throws {NearkinError} `UNSUPPORTED` for a tower that is a function, `DISK_FULL`, `IO_ERROR`
 * @example
 * await saveDualEncoder(encoder, 'models/words-and-pictures');
 */
export async function saveDualEncoder(encoder: DualEncoder, target: BundleTarget): Promise<void> {
  await writeBundle(target, encoderFiles(encoder), 'model.json');
}

/**
 * Saves an embedder of texts, for {@link loadTextEmbedder}.
 *
 * @throws {NearkinError} `UNSUPPORTED` for a function, `DISK_FULL`, `IO_ERROR`
 */
export async function saveTextEmbedder(embedder: Embedder<string>, target: BundleTarget): Promise<void> {
  await writeBundle(target, encoderFiles(createEncoder({ text: embedder })), 'model.json');
}

/** Whether an encoder can be saved: all of its towers can. */
export function canSaveEncoder({ image, text }: Encoder): boolean {
  return (!image || imageKind(image) !== undefined) && (!text || textModelOf(text).kind !== 'function');
}

/**
 * An encoder as files; the root is `model.json`, all others carry a hash of their content in their names.
 *
 * @throws {NearkinError} `UNSUPPORTED` for a tower that is a function
 */
export function encoderFiles(encoder: Encoder): Map<string, Uint8Array> {
  const { id, dim, image, text, towers } = encoder;
  const files = new Map<string, Uint8Array>();
  const stored = {
    version: 1,
    id,
    dim,
    ...(image ? { image: storeImage(image, towers.image ?? id) } : {}),
    ...(text ? { text: storeText(text, { id: towers.text ?? id, files }) } : {}),
  };
  const model = image && imageKind(image) === 'model' ? (image as ImageEmbedder) : undefined;
  const artifacts = model ? artifactsOf(model) : { weightSpecs: [], weightData: new ArrayBuffer(0) };
  return modelFiles(artifacts, {
    metadata: { encoder: stored, ...(model ? { embedder: embedderMetadata(model) } : {}) },
    files,
  });
}

function storeImage(image: Embedder<ImageInputOf>, id: string): StoredImageTower {
  const kind = imageKind(image);
  if (kind === undefined) throw noTower('pictures');
  if (kind === 'model') return { id, kind };
  const { model } = image as unknown as ImageEmbedder;
  return { id, kind, reference: (model as { reference: StoredReference }).reference };
}

function storeText(
  text: Embedder<string>,
  { id, files }: { id: string; files: Map<string, Uint8Array> },
): StoredTextTower {
  const model = textModelOf(text);
  const put = (name: string, bytes: Uint8Array): string => {
    const full = contentName(name, bytes);
    files.set(full, bytes);
    return full;
  };
  const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
  switch (model.kind) {
    case 'hashed': {
      // The identity that the file's content has, whatever the embedder is called.
      const { id: own } = createHashedTextEmbedder({ ...model.parts, id: undefined });
      return { id: own, kind: 'hashed', file: put('text.safetensors', writeHashedText(model.parts)) };
    }
    case 'graph': {
      const inner = modelFiles(model.artifacts);
      for (const [name, bytes] of inner) if (name !== 'model.json') files.set(name, bytes);
      return {
        id,
        kind: 'graph',
        model: put('text.json', inner.get('model.json')!),
        tokenizer: put('tokenizer.json', json(model.tokenizer)),
        settings: model.settings,
      };
    }
    case 'transformers':
      return { id, kind: 'transformers', reference: model.reference };
    default:
      throw noTower('texts');
  }
}

type ImageInputOf = Parameters<ImageEmbedder['embed']>[0][number];
type StoredReference = Extract<StoredImageTower, { kind: 'transformers' }>['reference'];

/** @returns undefined for a function */
function imageKind(image: Embedder<ImageInputOf>): 'model' | 'transformers' | undefined {
  if (!('model' in image) || !('preprocessing' in image)) return undefined;
  const { model } = image as unknown as ImageEmbedder;
  if (model.kind !== 'function') return 'model';
  return model.reference ? 'transformers' : undefined;
}

function artifactsOf({ model }: ImageEmbedder) {
  if (model.kind === 'function') throw noTower('pictures');
  return model.kind === 'graph' ? model.artifacts : (model.artifacts ?? layersArtifacts(model.model, 'The model'));
}

function noTower(of: string): NearkinError {
  return new NearkinError(
    'UNSUPPORTED',
    `The embedder of ${of} is a function or runs in workers, and cannot be saved; give one that was loaded from a model.`,
  );
}
