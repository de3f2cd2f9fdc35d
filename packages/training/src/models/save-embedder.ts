import { type BundleTarget, NearkinError } from '@nearkin/core';
import {
  createImageEmbedder,
  type ImageEmbedder,
  quantizeEmbedder,
  saveEmbedder as saveImageEmbedder,
} from '@nearkin/embedders';
import type { TrainableModel } from './trainable-model.js';

/** What can become an embedder of pictures: a model of pictures, or several of them joined. */
export type SavableModel = Pick<TrainableModel, 'toLayersModel' | 'preprocessing'>;

export interface ToEmbedderOptions {
  /** Stores larger weights in one byte each; the embedder then gives slightly other vectors. */
  readonly quantize?: 'uint8' | undefined;
}

/**
 * Makes an embedder of a trained model of pictures; it does not change when the model trains on.
 *
 * @returns an embedder that owns its model: dispose of it as well. Its vectors need not be of unit length
 * @throws {NearkinError} `UNSUPPORTED` for a model that is not one of pictures (a head: attach it to its base first)
 * @example
 * const embedder = await toEmbedder(model);
 * const gallery = await embedGallery(embedder, readAlbums('albums'));
 */
export async function toEmbedder(model: SavableModel, options: ToEmbedderOptions = {}): Promise<ImageEmbedder> {
  const { quantize } = options;
  if (quantize !== undefined && quantize !== 'uint8')
    throw new NearkinError(
      'INVALID_ARGUMENT',
      `Expected quantize to be 'uint8' or left out, got ${JSON.stringify(quantize)}.`,
    );
  const layers = model.toLayersModel?.();
  if (!layers || !model.preprocessing) {
    layers?.dispose();
    throw new NearkinError(
      'UNSUPPORTED',
      'This model does not take pictures, so it is no embedder by itself; attachHead(base, head) joins a head to its base.',
    );
  }
  const { preprocessing } = model;
  const embedder = createImageEmbedder({ kind: 'layers', model: layers }, { preprocessing, ownsModel: true });
  if (quantize === undefined) return embedder;
  try {
    return await quantizeEmbedder(embedder, quantize);
  } finally {
    embedder.dispose();
  }
}

/**
 * Saves a trained model as a bundle that `loadImageEmbedder` opens: a plain tfjs model with its preprocessing.
 *
 * @param model a model of pictures, or an embedder (a base with a head attached)
 * @returns identity of the embedder that was saved
 * @throws {NearkinError} `UNSUPPORTED`, `DISK_FULL`, `IO_ERROR`
 * @example
 * await saveEmbedder(model, 'models/mine', { quantize: 'uint8' });
 * const embedder = await loadImageEmbedder('models/mine');
 */
export async function saveEmbedder(
  model: SavableModel | ImageEmbedder,
  target: BundleTarget,
  options: ToEmbedderOptions = {},
): Promise<string> {
  const made = await ownEmbedder(model, options);
  try {
    await saveImageEmbedder(made, target);
    return made.id;
  } finally {
    if (made !== model) made.dispose();
  }
}

async function ownEmbedder(model: SavableModel | ImageEmbedder, options: ToEmbedderOptions): Promise<ImageEmbedder> {
  if (!('embed' in model)) return toEmbedder(model, options);
  return options.quantize === undefined ? model : quantizeEmbedder(model, options.quantize);
}
