import { type BundleTarget, writeBundle } from '@nearkin/core';
import { contentName, embedderMetadata, modelFiles } from '@nearkin/embedders';
import { formatVersion, toJson } from '../files/classifier-metadata.js';
import { galleryBytes } from '../files/gallery-bytes.js';
import { layersArtifacts } from '../files/layers-artifacts.js';
import { graphArtifacts } from '../graph/graph-artifacts.js';
import type { ClassifierView } from './classifier-view.js';
import { imageModelOf } from './image-model.js';

/**
 * A folder with everything needed to open the classifier again: model.json and weights of one model, pictures to
 * scores (LayersModel or GraphModel, as the embedder is), and the rows. An embedder that is a function is left out.
 */
export async function saveClassifier<Input>(classifier: ClassifierView<Input>, target: BundleTarget): Promise<void> {
  const { gallery, settings, labels, modelId, embedder } = classifier;
  const rows = galleryBytes(gallery, settings.quantize === 'int8');
  const galleryName = contentName('gallery.safetensors', rows);
  const image = imageModelOf(embedder);
  const metadata = {
    classifier: toJson({
      version: formatVersion,
      gallery: galleryName,
      labels,
      modelId,
      dim: gallery.vectors.dim,
      settings,
    }),
    ...(image ? { embedder: embedderMetadata(image.embedder) } : {}),
  };
  const artifacts =
    image?.model.kind === 'layers'
      ? await layersArtifacts(classifier, image.model)
      : image?.model.kind === 'graph'
        ? (await graphArtifacts(classifier, image.model)).artifacts
        : { weightSpecs: [], weightData: new ArrayBuffer(0) };
  const files = modelFiles(artifacts, { metadata, files: new Map([[galleryName, rows]]) });
  await writeBundle(target, files, 'model.json');
}
