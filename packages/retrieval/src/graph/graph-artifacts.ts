import { NearkinError } from '@nearkin/core';
import type { EmbedderModel } from '@nearkin/embedders';
import type { io } from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import type { ClassifierView } from '../classifier/classifier-view.js';
import { withComposedModel } from '../files/layers-artifacts.js';
import { retrievalHead } from '../layers/retrieval-head.js';
import { checkGraph } from './check-graph.js';
import { convertModel } from './convert-model.js';
import { cutGraph, joinGraphs, partsToArtifacts } from './join-graphs.js';

const isCodes = (weight: string) => /\/codes(_\d+)?$/.test(weight);

export interface ClassifierGraph {
  readonly artifacts: io.ModelArtifacts;
  /** The node that gives the embedding. */
  readonly embeddingNode: string | undefined;
}

/**
 * One GraphModel of standard nodes, pictures to class scores: the retrieval nodes behind the embedder's own graph, or
 * the embedder's layers converted with them.
 *
 * @throws {NearkinError} `UNSUPPORTED_OP`
 */
export async function graphArtifacts<Input>(
  classifier: ClassifierView<Input>,
  model: Exclude<EmbedderModel, { kind: 'function' }>,
): Promise<ClassifierGraph> {
  if (model.kind === 'layers')
    return withComposedModel(classifier, model.model, async (composed) => {
      const converted = await convertModel(composed, { input: 'images', output: 'scores', isCodes });
      const artifacts = partsToArtifacts(converted);
      await checkGraph(composed, artifacts);
      return { artifacts, embeddingNode: converted.nodeOfLayer.get(model.model.layers.at(-1)!.name) };
    });
  const base = cutGraph(model.artifacts, model.outputNode);
  const inputs = Object.values(base.signature.inputs);
  if (inputs.length !== 1)
    throw new NearkinError('BAD_MODEL', `Expected a graph with one picture input, got ${inputs.length}.`);
  const joined = joinGraphs(base, await headGraph(classifier), { at: model.outputNode });
  return { artifacts: partsToArtifacts(joined), embeddingNode: model.outputNode };
}

async function headGraph<Input>(classifier: ClassifierView<Input>) {
  const { gallery, settings } = classifier;
  const input = tfl.input({ shape: [gallery.vectors.dim] });
  const head = retrievalHead(input, { gallery, settings, int8: settings.quantize === 'int8' });
  try {
    const model = tfl.model({ inputs: input, outputs: head.output });
    return await convertModel(model, { input: 'embedding', output: 'scores', isCodes });
  } finally {
    head.dispose();
  }
}
