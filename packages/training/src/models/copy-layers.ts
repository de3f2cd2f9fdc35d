import { NearkinError } from '@nearkin/core';
import type * as tf from '@tensorflow/tfjs';

type Layer = tf.layers.Layer;

/** A layer's place in a model: what it reads, and what it gives. */
interface LayerNode {
  readonly layer: Layer;
  readonly inputs: readonly Layer[];
}

/**
 * The layers of a model that lead to its output, each after those it reads.
 *
 * @throws {NearkinError} `UNSUPPORTED` for a layer that is applied several times
 */
export function orderedLayers(model: tf.LayersModel): LayerNode[] {
  const found: LayerNode[] = [];
  const seen = new Set<Layer>();
  const visit = (tensor: tf.SymbolicTensor): void => {
    const { sourceLayer } = tensor;
    if (seen.has(sourceLayer)) return;
    seen.add(sourceLayer);
    const node = sourceLayer.inboundNodes[tensor.nodeIndex]!;
    if (sourceLayer.inboundNodes.length > 1 && !model.layers.includes(sourceLayer))
      throw new NearkinError('UNSUPPORTED', `The layer ${sourceLayer.name} is applied several times.`);
    for (const input of node.inputTensors) visit(input);
    found.push({ layer: sourceLayer, inputs: node.inboundLayers });
  };
  visit(model.outputs[0]!);
  return found;
}

/**
 * Copies layers with weights of their own.
 *
 * @param nodes each after those it reads
 * @param start what stands for the outputs of layers that are not copied
 * @returns the output of each copied layer by its name, and the copies
 */
export function copyLayers(
  nodes: readonly LayerNode[],
  start: ReadonlyMap<string, tf.SymbolicTensor>,
): { outputs: Map<string, tf.SymbolicTensor>; copies: Layer[] } {
  const outputs = new Map(start);
  const copies: Layer[] = [];
  for (const { layer, inputs } of nodes) {
    if (outputs.has(layer.name)) continue;
    const cls = layer.constructor as unknown as tf.serialization.SerializableConstructor<Layer>;
    const copy = cls.fromConfig(cls, layer.getConfig());
    const read = inputs.map((input) => outputs.get(input.name)!);
    outputs.set(layer.name, copy.apply(read.length === 1 ? read[0]! : read) as tf.SymbolicTensor);
    if (layer.weights.length > 0) copy.setWeights(layer.getWeights());
    copies.push(copy);
  }
  return { outputs, copies };
}
