import { type BundleTarget, NearkinError, writeBundle } from '@nearkin/core';
import type { EmbedderMetadata } from '../models/embedder-metadata.js';
import { layersArtifacts } from '../models/load-layers.js';
import { modelFiles } from '../models/model-files.js';
import type { ImageEmbedder } from './image-embedder.js';

/**
 * What to store as `userDefinedMetadata.nearkin.embedder` so that {@link loadImageEmbedder} opens the model as this
 * embedder again.
 *
 * @throws {NearkinError} `UNSUPPORTED` for an embedder whose model lies elsewhere
 */
export function embedderMetadata(embedder: ImageEmbedder): EmbedderMetadata {
  const { id, dim, model, preprocessing } = embedder;
  const layer =
    model.kind === 'graph' ? model.outputNode : model.kind === 'layers' ? model.model.layers.at(-1)!.name : noModel();
  return { version: 1, id, dim, layer, preprocessing };
}

/**
 * Saves an embedder: a plain tfjs model up to the embedding, weights as they were stored, with preprocessing and
 * identity beside them.
 *
 * @throws {NearkinError} `UNSUPPORTED` for an embedder whose model lies elsewhere, `DISK_FULL`, `IO_ERROR`
 * @example
 * await saveEmbedder(embedder, 'models/mine');
 * (await loadImageEmbedder('models/mine')).id === embedder.id; // true
 */
export async function saveEmbedder(embedder: ImageEmbedder, target: BundleTarget): Promise<void> {
  const { model } = embedder;
  if (model.kind === 'function') return noModel();
  const artifacts =
    model.kind === 'graph' ? model.artifacts : (model.artifacts ?? layersArtifacts(model.model, 'The model'));
  await writeBundle(
    target,
    modelFiles(artifacts, { metadata: { embedder: embedderMetadata(embedder) } }),
    'model.json',
  );
}

function noModel(): never {
  throw new NearkinError(
    'UNSUPPORTED',
    'This embedder has no model of its own to save (it runs in workers or is a function); save the one it came from.',
  );
}
