import type { io } from '@tensorflow/tfjs';
import type { HeadStage } from './head-stages.js';

type Json = Record<string, unknown>;

/**
 * Appends a head to the JSON of a LayersModel that ends with its embedding: dense layers, and an addition where the head
 * is residual.
 *
 * @returns artifacts, and the name of the layer that is the embedding now
 */
export function appendHeadLayers(
  artifacts: io.ModelArtifacts,
  options: { readonly stages: readonly HeadStage[]; readonly residual: boolean },
): { artifacts: io.ModelArtifacts; layer: string } {
  const { stages, residual } = options;
  const { layers, inputs, output, name } = functional(artifacts.modelTopology as Json);
  const prefix = freePrefix(layers.map((layer) => String(layer['name'])));
  const specs: io.WeightsManifestEntry[] = [];
  const parts: Float32Array[] = [];
  let from = output;
  for (const stage of stages) {
    const own = `${prefix}${stage.name}`;
    const { outputs: units, bias, relu, kernel } = stage;
    const config = {
      name: own,
      units,
      use_bias: bias !== undefined,
      activation: relu ? 'relu' : 'linear',
      trainable: true,
    };
    layers.push({ class_name: 'Dense', name: own, config, inbound_nodes: [[[from, 0, 0, {}]]] });
    specs.push({ name: `${own}/kernel`, shape: [stage.inputs, units], dtype: 'float32' });
    parts.push(kernel);
    if (bias) {
      specs.push({ name: `${own}/bias`, shape: [units], dtype: 'float32' });
      parts.push(bias);
    }
    from = own;
  }
  if (residual) {
    const own = `${prefix}sum`;
    const edges = [
      [output, 0, 0, {}],
      [from, 0, 0, {}],
    ];
    layers.push({ class_name: 'Add', name: own, config: { name: own, trainable: true }, inbound_nodes: [edges] });
    from = own;
  }
  return {
    layer: from,
    artifacts: {
      ...artifacts,
      modelTopology: {
        class_name: 'Model',
        config: { name, layers, input_layers: inputs.map((input) => [input, 0, 0]), output_layers: [[from, 0, 0]] },
        keras_version: 'tfjs-layers 4.22.0',
        backend: 'tensor_flow.js',
      },
      weightSpecs: [...(artifacts.weightSpecs ?? []), ...specs],
      weightData: appendWeights(artifacts.weightData as ArrayBuffer, parts),
    },
  };
}

export function appendWeights(before: ArrayBuffer, parts: readonly Float32Array[]): ArrayBuffer {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, before.byteLength));
  out.set(new Uint8Array(before));
  let at = before.byteLength;
  for (const part of parts) {
    out.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), at);
    at += part.byteLength;
  }
  return out.buffer;
}

/** A prefix that no name of the base begins with. */
export function freePrefix(names: readonly string[]): string {
  for (let i = 1; ; i++) {
    const prefix = i === 1 ? 'head_' : `head${i}_`;
    if (!names.some((name) => name.startsWith(prefix))) return prefix;
  }
}

/** A functional model's layers; a Sequential model is written as one. */
function functional(topology: Json): { layers: Json[]; inputs: string[]; output: string; name: string } {
  const config = topology['config'] as Json;
  const list = (config['layers'] as Json[]).map((layer) => ({
    ...layer,
    name: layer['name'] ?? (layer['config'] as Json)['name'],
  })) as Json[];
  const name = String(config['name']);
  const ends = (key: string) => (config[key] as [string, number, number][]).map(([layer]) => layer);
  if (topology['class_name'] !== 'Sequential')
    return { layers: list, inputs: ends('input_layers'), output: ends('output_layers')[0]!, name };
  const [first] = list;
  if (first!['class_name'] !== 'InputLayer') {
    const shape = (first!['config'] as Json)['batch_input_shape'];
    const own = `${String(first!['name'])}_input`;
    list.unshift({
      class_name: 'InputLayer',
      name: own,
      config: { batch_input_shape: shape, dtype: 'float32', sparse: false, name: own },
    });
  }
  const layers = list.map((layer, i) => ({
    ...layer,
    inbound_nodes: i === 0 ? [] : [[[String(list[i - 1]!['name']), 0, 0, {}]]],
  }));
  return { layers, inputs: [String(list[0]!['name'])], output: String(list.at(-1)!['name']), name };
}
