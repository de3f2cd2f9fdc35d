import { type BundleTarget, NearkinError, writeBundle } from '@nearkin/core';
import { embedderMetadata, modelFiles } from '@nearkin/embedders';
import type { ClassifierView } from '../classifier/classifier-view.js';
import { imageModelOf } from '../classifier/image-model.js';
import { formatVersion, toJson } from '../files/classifier-metadata.js';
import { graphArtifacts } from './graph-artifacts.js';

/**
 * Writes a classifier as a plain GraphModel: preprocessed pictures `[n, height, width, 3]` to `scores` `[n, classes]`,
 * in standard ops only, so that `tf.loadGraphModel` runs it without any of our code. `userDefinedMetadata.nearkin` of
 * its model.json holds labels (in the order of the scores), preprocessing, thresholds and the model's metadata.
 *
 * A GraphModel embedder gets the retrieval nodes behind its own; a LayersModel is converted (see `convertModel`).
 * Int8 rows stay one byte a number. The rows' ids are not part of it: save the classifier to keep those.
 *
 * @param target a folder (Node) or `indexeddb://name` (browser)
 * @throws {NearkinError} `UNSUPPORTED` for an embedder without a model (a function); `UNSUPPORTED_OP` naming the layer
 *   and op that has no counterpart; `DISK_FULL`, `IO_ERROR`
 * @example
 * await exportGraphModel(classifier, 'web/fruit');
 * const model = await tf.loadGraphModel('web/fruit/model.json');
 * model.predict(pictures).shape; // [1, 35]
 */
export async function exportGraphModel<Input>(classifier: ClassifierView<Input>, target: BundleTarget): Promise<void> {
  const image = imageModelOf(classifier.embedder);
  if (!image)
    throw new NearkinError(
      'UNSUPPORTED',
      `The embedder ${classifier.modelId} has no model to build a graph on (it is a function or runs in workers).`,
    );
  const { labels, modelId, settings, embedder } = classifier;
  const { artifacts, embeddingNode } = await graphArtifacts(classifier, image.model);
  const metadata = {
    classifier: toJson({ version: formatVersion, labels, modelId, dim: embedder.dim, settings }),
    ...(embeddingNode ? { embedder: { ...embedderMetadata(image.embedder), layer: embeddingNode } } : {}),
  };
  await writeBundle(target, modelFiles(artifacts, { metadata }), 'model.json');
}
