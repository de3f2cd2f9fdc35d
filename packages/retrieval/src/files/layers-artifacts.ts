import { NearkinError } from '@nearkin/core';
import type { EmbedderModel } from '@nearkin/embedders';
import { io, type Tensor } from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import type { ClassifierView } from '../classifier/classifier-view.js';
import { type RetrievalHead, retrievalHead } from '../layers/retrieval-head.js';
import { joinWeights, packWeight, splitWeights } from './pack-weights.js';

/**
 * One LayersModel, pictures to class scores: the embedder's layers with the retrieval layers on top. The embedder's
 * weights stay as they were stored, quantised or not.
 */
export async function layersArtifacts<Input>(
  classifier: ClassifierView<Input>,
  model: Extract<EmbedderModel, { kind: 'layers' }>,
): Promise<io.ModelArtifacts> {
  return withComposedModel(classifier, model.model, async (composed, head) => {
    const base = model.artifacts ?? (await artifactsOf(model.model));
    return {
      format: 'layers-model',
      generatedBy: 'nearkin',
      modelTopology: composed.toJSON(null, false) as unknown as object,
      ...joinWeights([...splitWeights(base), ...(await headWeights(head))]),
    };
  });
}

/** Lends the composed model out; afterwards the embedder's model is as it was. */
export async function withComposedModel<Input, T>(
  classifier: ClassifierView<Input>,
  base: tfl.LayersModel,
  use: (composed: tfl.LayersModel, head: RetrievalHead) => Promise<T>,
): Promise<T> {
  const [embedding, ...more] = base.outputs;
  if (!embedding || more.length > 0)
    throw new NearkinError(
      'BAD_MODEL',
      `Expected an embedder's model to have one output, got ${base.outputs.length}; its output must be the embedding.`,
    );
  const { settings, gallery } = classifier;
  const taken = new Set(base.layers.map((layer) => layer.name));
  let suffix = '';
  for (let n = 2; taken.has(`nearkin_l2_normalize${suffix}`); n++) suffix = `_${n}`;
  const head = retrievalHead(embedding, { gallery, settings, int8: settings.quantize === 'int8', suffix });
  try {
    return await use(tfl.model({ inputs: base.inputs, outputs: head.output, name: `${base.name}_classifier` }), head);
  } finally {
    head.dispose();
    // The embedder's last layer would otherwise hold on to every head it ever had.
    embedding.sourceLayer.outboundNodes = embedding.sourceLayer.outboundNodes.filter(
      (node) => !head.layers.includes(node.outboundLayer),
    );
  }
}

async function headWeights(head: RetrievalHead) {
  const weights = head.layers.flatMap((layer) => layer.weights);
  return Promise.all(
    weights.map(async (weight) => {
      const { shape, dtype } = weight.read() as Tensor;
      const data = (await (weight.read() as Tensor).data()) as Float32Array;
      const codes = weight.originalName.endsWith('/codes');
      return packWeight(weight.originalName, { shape, dtype: dtype as 'float32', data }, { codes });
    }),
  );
}

async function artifactsOf(model: tfl.LayersModel): Promise<io.ModelArtifacts> {
  let saved: io.ModelArtifacts | undefined;
  await model.save(
    io.withSaveHandler(async (artifacts) => {
      saved = artifacts;
      return { modelArtifactsInfo: io.getModelArtifactsInfoForJSON(artifacts) };
    }),
  );
  return { ...saved!, weightData: io.CompositeArrayBuffer.join(saved!.weightData) };
}
