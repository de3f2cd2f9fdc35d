import { NearkinError } from '@nearkin/core';
import type { io } from '@tensorflow/tfjs-core';
import { hasCircle } from './has-circle.js';
import { isRecord } from './model-artifacts.js';
import { badModel, selectWeights } from './weight-specs.js';

/** One layer of a model as its JSON states it. */
export interface LayerNode {
  readonly name: string;
  readonly className: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** Names of the layers it reads. */
  readonly inputs: readonly string[];
  readonly json: Record<string, unknown>;
}

/** A LayersModel's JSON, seen as a graph. */
export interface LayersTopology {
  readonly kind: 'functional' | 'sequential';
  readonly nodes: ReadonlyMap<string, LayerNode>;
  /** Names of the layers that give the model's outputs. */
  readonly outputs: readonly string[];
  readonly inputs: readonly string[];
  readonly json: Record<string, unknown>;
}

/**
 * Reads the JSON of a Sequential or functional model.
 *
 * @throws {NearkinError} `BAD_MODEL`
 */
export function parseLayersTopology(artifacts: io.ModelArtifacts, where: string): LayersTopology {
  const outer = artifacts.modelTopology as Record<string, unknown>;
  const json = isRecord(outer['model_config']) ? outer['model_config'] : outer;
  const { class_name: className, config } = json;
  const sequential = className === 'Sequential';
  if (!sequential && className !== 'Model' && className !== 'Functional')
    throw badModel(where, `expected a Sequential or functional model, got ${JSON.stringify(className)}`);
  const list = Array.isArray(config) ? config : isRecord(config) ? config['layers'] : undefined;
  if (!Array.isArray(list) || list.length === 0) throw badModel(where, 'it has no layers');
  const nodes = new Map<string, LayerNode>();
  let previous: string | undefined;
  for (const entry of list as unknown[]) {
    const layer = isRecord(entry) ? entry : {};
    const inner = isRecord(layer['config']) ? layer['config'] : {};
    const name = typeof layer['name'] === 'string' ? layer['name'] : inner['name'];
    if (typeof name !== 'string' || typeof layer['class_name'] !== 'string')
      throw badModel(where, 'a layer has no name or class');
    if (nodes.has(name)) throw badModel(where, `two layers are called ${name}`);
    const inputs = sequential ? (previous === undefined ? [] : [previous]) : inboundNames(layer['inbound_nodes']);
    nodes.set(name, { name, className: layer['class_name'], config: inner, inputs, json: layer });
    previous = name;
  }
  if (hasCircle(new Map([...nodes.values()].map(({ name, inputs }) => [name, inputs] as const))))
    throw badModel(
      where,
      'its layers go in a circle: a layer that is applied to its own output again is not supported; save the part that embeds as a model of its own, or convert it to a GraphModel',
    );
  const functional = isRecord(config) ? config : {};
  return {
    kind: sequential ? 'sequential' : 'functional',
    nodes,
    outputs: sequential ? [previous!] : endNames(functional['output_layers']),
    inputs: sequential ? [] : endNames(functional['input_layers']),
    json,
  };
}

/**
 * Cuts a model off behind one layer: what that layer does not need goes, weights too.
 *
 * @param pool appends global average pooling under this name
 * @returns artifacts in the same form as tfjs writes them, weights as they were stored
 */
export function pruneLayers(
  artifacts: io.ModelArtifacts,
  topology: LayersTopology,
  options: { layer: string; pool?: string | undefined },
): io.ModelArtifacts {
  const { layer, pool } = options;
  const kept = ancestors(topology, layer);
  const layers = [...topology.nodes.values()].filter((node) => kept.has(node.name)).map((node) => node.json);
  if (pool !== undefined)
    layers.push({
      class_name: 'GlobalAveragePooling2D',
      name: pool,
      config: { name: pool, data_format: 'channels_last' },
      inbound_nodes: [[[layer, 0, 0, {}]]],
    });
  const name = isRecord(topology.json['config']) ? topology.json['config']['name'] : undefined;
  const config: Record<string, unknown> = { name: typeof name === 'string' ? name : 'embedder', layers };
  if (topology.kind === 'functional') {
    config['input_layers'] = topology.inputs.filter((input) => kept.has(input)).map((input) => [input, 0, 0]);
    config['output_layers'] = [[pool ?? layer, 0, 0]];
  }
  const owned = new Set([...kept].flatMap((kin) => layerNames(topology.nodes.get(kin)!.json)));
  const dropped = new Set(
    [...topology.nodes.values()].filter((node) => !kept.has(node.name)).flatMap((node) => layerNames(node.json)),
  );
  return {
    ...selectWeights(artifacts, ({ name: weight }) => {
      const folders = weight.split('/').slice(0, -1);
      return folders.some((part) => owned.has(part)) || !folders.some((part) => dropped.has(part));
    }),
    format: 'layers-model',
    generatedBy: artifacts.generatedBy ?? 'nearkin',
    convertedBy: artifacts.convertedBy ?? null,
    modelTopology: {
      class_name: topology.kind === 'sequential' ? 'Sequential' : 'Model',
      config,
      keras_version: 'tfjs-layers 4.22.0',
      backend: 'tensor_flow.js',
    },
  };
}

/**
 * @throws {NearkinError} `UNKNOWN_LAYER` naming some that there are
 */
export function unknownLayer(wanted: string, names: readonly string[], where: string): NearkinError {
  const shown = names.slice(-12);
  return new NearkinError(
    'UNKNOWN_LAYER',
    `${where} has no layer ${JSON.stringify(wanted)}; the last ones are ${shown.join(', ')}.`,
    { details: { layer: wanted, candidates: shown } },
  );
}

function ancestors(topology: LayersTopology, layer: string): Set<string> {
  const kept = new Set<string>();
  const open = [layer];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (kept.has(name)) continue;
    kept.add(name);
    open.push(...(topology.nodes.get(name)?.inputs ?? []).filter((input) => topology.nodes.has(input)));
  }
  return kept;
}

/** The layer's name and those of the layers inside it: weights carry the innermost. */
function layerNames(json: Record<string, unknown>): string[] {
  const config = isRecord(json['config']) ? json['config'] : {};
  const own = [json['name'], config['name']].filter((name): name is string => typeof name === 'string');
  const list = Array.isArray(json['config']) ? json['config'] : config['layers'];
  const inside = Array.isArray(list) ? list.filter(isRecord) : isRecord(config['layer']) ? [config['layer']] : [];
  return [...own, ...inside.flatMap(layerNames)];
}

function inboundNames(value: unknown): string[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((node: unknown) =>
    Array.isArray(node) ? node.flatMap((edge: unknown) => (Array.isArray(edge) ? [String(edge[0])] : [])) : [],
  );
}

function endNames(value: unknown): string[] {
  if (!Array.isArray(value)) return [];
  // One end may be written without the outer list.
  return typeof value[0] === 'string'
    ? [value[0]]
    : value.flatMap((end: unknown) => (Array.isArray(end) ? [String(end[0])] : []));
}
