import { NearkinError } from '@nearkin/core';
import { createImageEmbedder, type ImageEmbedder, type Preprocessing } from '@nearkin/embedders';
import * as tf from '@tensorflow/tfjs';
import { copyLayers, orderedLayers } from './copy-layers.js';
import { chooseCut } from './fine-tune-cut.js';
import type { TrainableModel, TrainableWeight } from './trainable-model.js';

export interface FineTuneOptions {
  /**
   * Which layers learn: a number counts from the end those that have weights, a name is the first of them (what comes
   * after it learns too).
   */
  readonly layers: number | string;
  /** Whether batch normalisation learns its scale and shift; its mean and variance always stay. Default true. */
  readonly normalization?: boolean | undefined;
}

/** The last layers of an embedder under training; see {@link fineTune}. */
export interface FineTuning extends TrainableModel {
  /** Names of the layers that learn. */
  readonly layers: readonly string[];
  /** Shape of what the layers below give for a picture: what is stored of each. */
  readonly featureShape: readonly number[];
  /**
   * The part below, as an embedder: `embedGallery(fineTuning.features, …)` computes once what does not change, and
   * `galleryData` makes training data of it.
   */
  readonly features: ImageEmbedder;
  toLayersModel(): tf.LayersModel;
  readonly preprocessing: Preprocessing;
}

/**
 * Prepares the last layers of an embedder for training. Layers below the first one that learns are cut off: what they
 * say of a picture does not change, so it is computed once.
 *
 * Weights are copies: the embedder stays as it is. Batch normalisation uses its stored mean and variance, dropout is off.
 *
 * @throws {NearkinError} `UNSUPPORTED` unless the embedder is a LayersModel, `UNKNOWN_LAYER` naming those there are,
 *   `INVALID_ARGUMENT` when there are fewer layers with weights, or none behind the named one
 * @example
 * const tuning = fineTune(base, { layers: 1 });
 * const gallery = await embedGallery(tuning.features, readAlbums('albums'));
 * await fit(tuning, galleryData(gallery), { loss, sampler, epochs: 20 });
 * await saveEmbedder(tuning, 'models/mine');
 */
export function fineTune(base: ImageEmbedder, options: FineTuneOptions): FineTuning {
  const { model: baseModel, preprocessing } = base;
  if (baseModel.kind !== 'layers')
    throw new NearkinError(
      'UNSUPPORTED',
      `Only LayersModels can be fine-tuned, this embedder is ${baseModel.kind === 'graph' ? 'a GraphModel, whose weights are constants; train a head on it (createHead) instead' : 'no model of its own'}.`,
      { details: { kind: baseModel.kind } },
    );
  const { model } = baseModel;
  const nodes = orderedLayers(model);
  const { cut, learning } = chooseCut(nodes, options.layers);
  const cutOutput = cut.output as tf.SymbolicTensor;
  const featureShape = cutOutput.shape.slice(1).map(Number);
  const below = nodes.slice(0, nodes.findIndex(({ layer }) => layer === cut) + 1);
  const above = nodes.filter((node) => !below.includes(node));
  const input = tf.input({ shape: featureShape, name: 'features' });
  const { outputs, copies } = copyLayers(above, new Map([...below.map(({ layer }) => [layer.name, input] as const)]));
  const output = outputs.get(nodes.at(-1)!.layer.name)!;
  const upper = tf.model({ inputs: input, outputs: output, name: 'upper' });
  const weights = copies.flatMap((layer) => (learning.has(layer.name) ? weightsOf(layer, options) : []));
  const features = featureEmbedder(model, cutOutput, preprocessing);
  let disposed = false;
  return Object.freeze({
    architecture: Object.freeze({ kind: 'fine-tune', base: base.id, cut: cut.name, layers: [...learning] }),
    dim: base.dim,
    layers: Object.freeze([...learning]),
    featureShape: Object.freeze(featureShape),
    features,
    preprocessing,
    weights: Object.freeze(weights),
    forward(inputs: tf.Tensor) {
      if (disposed) throw new NearkinError('DISPOSED', 'The model was disposed of and cannot be used any more.');
      return tf.tidy(() => {
        const maps = inputs.reshape([inputs.shape[0]!, ...featureShape]);
        const rows = upper.apply(maps, { training: false }) as tf.Tensor2D;
        return tf.div<tf.Tensor2D>(rows, tf.sqrt(tf.add(tf.sum(tf.square(rows), 1, true), 1e-12)));
      });
    },
    toLayersModel() {
      const whole = copyWhole(model, nodes);
      for (const copy of copies) if (copy.weights.length > 0) whole.getLayer(copy.name).setWeights(copy.getWeights());
      return whole;
    },
    dispose() {
      if (disposed) return;
      disposed = true;
      upper.dispose();
      features.dispose();
    },
  });
}

function weightsOf(layer: tf.layers.Layer, { normalization = true }: FineTuneOptions): TrainableWeight[] {
  const isNormalization = layer.getClassName() === 'BatchNormalization';
  if (isNormalization && !normalization) return [];
  return layer.trainableWeights.map((weight) => ({
    name: weight.originalName,
    // A layer's variable reads as the tfjs variable that it holds.
    variable: weight.read() as tf.Variable,
    ...(isNormalization ? { decay: false } : {}),
  }));
}

function copyWhole(model: tf.LayersModel, nodes: ReturnType<typeof orderedLayers>): tf.LayersModel {
  const [first] = nodes;
  const shape = (model.inputs[0]!.shape as number[]).slice(1);
  const picture = tf.input({ shape, name: first!.layer.name });
  const { outputs } = copyLayers(nodes, new Map([[first!.layer.name, picture]]));
  return tf.model({ inputs: picture, outputs: outputs.get(nodes.at(-1)!.layer.name)!, name: model.name });
}

/** The part below the cut, flattened, as an embedder that shares the base's layers. */
function featureEmbedder(
  model: tf.LayersModel,
  cutOutput: tf.SymbolicTensor,
  preprocessing: Preprocessing,
): ImageEmbedder {
  const isFlat = cutOutput.shape.length === 2;
  const outputs = isFlat ? cutOutput : (tf.layers.flatten().apply(cutOutput) as tf.SymbolicTensor);
  const lower = tf.model({ inputs: model.inputs, outputs, name: 'lower' });
  return createImageEmbedder({ kind: 'layers', model: lower }, { preprocessing });
}
