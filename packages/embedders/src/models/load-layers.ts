import { io, type Tensor } from '@tensorflow/tfjs-core';
import { model as createModel, type LayersModel, layers, loadLayersModel } from '@tensorflow/tfjs-layers';
import { maxInputSide } from '../pictures/preprocessing.js';
import { findEmbeddingLayer } from './find-embedding-layer.js';
import { parseLayersTopology, pruneLayers, unknownLayer } from './layers-topology.js';
import { isRecord } from './model-artifacts.js';
import { badModel } from './weight-specs.js';

/**
 * Loads a LayersModel up to its embedding layer. Maps `[n, h, w, c]` are averaged over `h` and `w`.
 *
 * @throws {NearkinError} `UNKNOWN_LAYER`, `BAD_MODEL`
 */
export async function loadLayers(
  artifacts: io.ModelArtifacts,
  options: { layer?: string | undefined; where: string },
): Promise<{ model: LayersModel; artifacts: io.ModelArtifacts; layer: string }> {
  const { where } = options;
  const topology = parseLayersTopology(artifacts, where);
  const layer = options.layer ?? findEmbeddingLayer(topology);
  if (!topology.nodes.has(layer)) throw unknownLayer(layer, [...topology.nodes.keys()], where);
  const uses = topology.nodes.get(layer)!.json['inbound_nodes'];
  if (Array.isArray(uses) && uses.length > 1)
    throw badModel(
      where,
      `the layer ${layer} is applied ${uses.length} times, so it has no one output; name a layer that is applied once, or save the part that embeds as a model of its own`,
    );
  const pruned = pruneLayers(artifacts, topology, { layer });
  assertSizes(pruned, where);
  const base = await load(pruned, where);
  const [output, ...more] = base.outputs;
  if (!output || more.length > 0) throw badModel(where, `the layer ${layer} has ${base.outputs.length} outputs`);
  if (output.shape.length === 2) return { model: base, artifacts: pruned, layer };
  if (output.shape.length !== 4)
    throw badModel(
      where,
      `the layer ${layer} gives shape [${output.shape.join(', ')}], expected [n, dim] or [n, h, w, c]`,
    );
  const pool = `${layer}_pool`;
  const pooled = layers.globalAveragePooling2d({ name: pool, dataFormat: 'channelsLast' }).apply(output);
  return {
    model: createModel({ inputs: base.inputs, outputs: pooled as typeof output, name: base.name }),
    artifacts: pruneLayers(artifacts, topology, { layer, pool }),
    layer: pool,
  };
}

/** Artifacts of a model in memory, in the form that {@link loadLayers} reads; its last layer is the embedding. */
export function layersArtifacts(model: LayersModel, where: string): io.ModelArtifacts {
  const specs: io.WeightsManifestEntry[] = [];
  const parts: Uint8Array[] = [];
  const weights = model.weights.map((weight) => ({ name: weight.originalName, value: weight.read() as Tensor }));
  for (const { name, value } of weights) {
    const data = value.dataSync() as Float32Array | Int32Array | Uint8Array;
    specs.push({ name, shape: value.shape, dtype: value.dtype as 'float32' });
    parts.push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice());
  }
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  const artifacts: io.ModelArtifacts = {
    format: 'layers-model',
    modelTopology: model.toJSON(null, false) as unknown as object,
    weightSpecs: specs,
    weightData: bytes.buffer,
  };
  const topology = parseLayersTopology(artifacts, where);
  return pruneLayers(artifacts, topology, { layer: topology.outputs[0]! });
}

async function load(artifacts: io.ModelArtifacts, where: string): Promise<LayersModel> {
  const { modelTopology, weightSpecs, weightData } = artifacts;
  const handler = io.fromMemory({
    modelTopology: withoutInitializers(modelTopology) as object,
    ...(weightSpecs ? { weightSpecs } : {}),
    ...(weightData ? { weightData } : {}),
  });
  try {
    return await loadLayersModel(handler);
  } catch (cause) {
    throw badModel(where, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

/** Random starting values are overwritten by the stored ones: zeros load faster, and do not depend on chance. */
function withoutInitializers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutInitializers);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) =>
      key.endsWith('_initializer') && isRecord(entry)
        ? [key, { class_name: 'Zeros', config: {} }]
        : [key, withoutInitializers(entry)],
    ),
  );
}

const sizeKeys = ['filters', 'units', 'kernel_size', 'input_dim', 'output_dim', 'depth_multiplier'] as const;

/** tfjs allocates what the topology claims before it looks at the weights: no claim may exceed what the file holds. */
function assertSizes(artifacts: io.ModelArtifacts, where: string): void {
  const largest = Math.max(1, ...(artifacts.weightSpecs ?? []).flatMap((spec) => spec.shape));
  const check = (value: unknown): void => {
    if (Array.isArray(value)) for (const entry of value) check(entry);
    if (!isRecord(value)) return;
    for (const side of [value['batch_input_shape']].flat())
      if (typeof side === 'number' && !(side > 0 && side <= maxInputSide))
        throw badModel(where, `its input has a side of ${side}, expected 1 to ${maxInputSide}`);
    for (const key of sizeKeys)
      for (const size of [value[key]].flat()) {
        if (size === undefined || size === null) continue;
        if (!Number.isSafeInteger(size) || (size as number) < 1 || (size as number) > largest)
          throw badModel(
            where,
            `a layer claims ${key} ${JSON.stringify(size)}, its largest weight has a side of ${largest}`,
          );
      }
    for (const entry of Object.values(value)) check(entry);
  };
  check(artifacts.modelTopology);
}
