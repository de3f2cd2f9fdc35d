import { NearkinError } from '@nearkin/core';
import { createImageEmbedder, type ImageEmbedder, loadImageEmbedder, modelFiles } from '@nearkin/embedders';
import type { io } from '@tensorflow/tfjs';
import type { Head } from './head.js';
import { appendHeadLayers } from './head-layers.js';
import { appendHeadNodes } from './head-nodes.js';
import { headStages } from './head-stages.js';

/**
 * Joins an embedder and a head that was trained on its vectors into one embedder of pictures. Base weights stay as they
 * are stored, quantised ones too; LayersModels and GraphModels both stay what they are. The result's vectors are those of
 * the head before they are scaled to unit length.
 *
 * @returns an embedder that owns its model: dispose of it as well; base and head stay as they are
 * @throws {NearkinError} `DIMENSION_MISMATCH` for a head of vectors of another length, `UNSUPPORTED` for a base without a
 *   model of its own (one that runs in workers, or is a function)
 * @example
 * const embedder = await attachHead(base, head);
 * await saveEmbedder(embedder, 'models/mine');
 */
export async function attachHead(base: ImageEmbedder, head: Head): Promise<ImageEmbedder> {
  if (head.inputDim !== base.dim)
    throw new NearkinError(
      'DIMENSION_MISMATCH',
      `The base embedder gives vectors of ${base.dim} numbers, the head takes ${head.inputDim}; was it trained on another base?`,
      { details: { base: base.dim, head: head.inputDim } },
    );
  const { model, preprocessing } = base;
  if (model.kind !== 'layers' && model.kind !== 'graph')
    throw new NearkinError(
      'UNSUPPORTED',
      'Nothing can be joined to this embedder: it has no tfjs model of its own (it runs in workers, elsewhere, or is a function). Use the one it came from.',
      { details: { kind: model.kind } },
    );
  const { residual } = head;
  const stages = await headStages(head);
  const joined =
    model.kind === 'graph'
      ? appendHeadNodes(model.artifacts, { output: model.outputNode, stages, residual })
      : appendHeadLayers(artifactsOf(base), { stages, residual });
  return loadImageEmbedder(modelFiles(joined.artifacts), { layer: joined.layer, preprocessing });
}

function artifactsOf({ model, preprocessing }: ImageEmbedder): io.ModelArtifacts {
  if (model.kind !== 'layers') throw new NearkinError('UNSUPPORTED', 'Expected a LayersModel.');
  if (model.artifacts) return model.artifacts;
  // Made from a model in memory, an embedder knows how it would be stored.
  const stored = createImageEmbedder(model, { preprocessing }).model;
  return (stored as { readonly artifacts: io.ModelArtifacts }).artifacts;
}
