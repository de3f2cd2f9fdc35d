import type { io } from '@tensorflow/tfjs-core';
import { hasCircle } from './has-circle.js';
import { isRecord } from './model-artifacts.js';
import { badModel, selectWeights } from './weight-specs.js';

/** One node of a GraphModel as its JSON states it. */
export interface GraphNode {
  readonly name: string;
  readonly op: string;
  readonly input?: readonly string[];
  readonly attr?: Readonly<Record<string, Record<string, unknown>>>;
}

export interface GraphTopology {
  readonly nodes: ReadonlyMap<string, GraphNode>;
  /** Names of the nodes that give the model's outputs. */
  readonly outputs: readonly string[];
}

/**
 * Reads the nodes of a GraphModel.
 *
 * @throws {NearkinError} `BAD_MODEL`
 */
export function parseGraphTopology(artifacts: io.ModelArtifacts, where: string): GraphTopology {
  const list = (artifacts.modelTopology as { node?: unknown }).node;
  if (!Array.isArray(list) || list.length === 0) throw badModel(where, 'its graph has no nodes');
  const nodes = new Map<string, GraphNode>();
  for (const entry of list as unknown[]) {
    const inputs = isRecord(entry) ? (entry['input'] ?? []) : undefined;
    const fine =
      isRecord(entry) &&
      typeof entry['name'] === 'string' &&
      typeof entry['op'] === 'string' &&
      Array.isArray(inputs) &&
      inputs.every((input) => typeof input === 'string');
    if (!fine) throw badModel(where, 'a node of its graph has no name or op');
    const node = entry as unknown as GraphNode;
    if (nodes.has(node.name)) throw badModel(where, `two nodes are called ${node.name}`);
    nodes.set(node.name, node);
  }
  for (const node of nodes.values())
    for (const input of node.input ?? [])
      if (!nodes.has(nodeName(input))) throw badModel(where, `${node.name} reads ${input}, which is not there`);
  // Loops of control flow are meant to be there.
  const inputs = [...nodes.values()].map(
    ({ name, op, input = [] }) => [name, op === 'NextIteration' ? [] : input.map(nodeName)] as const,
  );
  if (hasCircle(new Map(inputs))) throw badModel(where, 'its graph goes in a circle');
  return { nodes, outputs: outputNames(artifacts, nodes) };
}

/** `name` of `name:0` and of the control input `^name`. */
export function nodeName(input: string): string {
  return input.replace(/^\^/, '').replace(/:\d+$/, '');
}

/** What a node needs, itself included. */
export function graphAncestors(topology: GraphTopology, from: string): Set<string> {
  const kept = new Set<string>();
  const open = [from];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (kept.has(name)) continue;
    kept.add(name);
    for (const input of topology.nodes.get(name)?.input ?? []) open.push(nodeName(input));
  }
  return kept;
}

/**
 * Cuts a graph off behind one node and names it the only output.
 *
 * @param options.pool appends a mean over height and width under this name
 */
export function pruneGraph(
  artifacts: io.ModelArtifacts,
  topology: GraphTopology,
  options: { input: string; output: string; pool?: string | undefined; outputShape?: readonly number[] | undefined },
): io.ModelArtifacts {
  const { input, output, pool } = options;
  const kept = graphAncestors(topology, output);
  const node: GraphNode[] = [...topology.nodes.values()].filter(({ name }) => kept.has(name));
  const { weightSpecs, weightData } = selectWeights(artifacts, ({ name }) => kept.has(name));
  let data = new Uint8Array(weightData);
  if (pool !== undefined) {
    const axes = `${pool}/axes`;
    node.push(
      {
        name: axes,
        op: 'Const',
        attr: {
          dtype: { type: 'DT_INT32' },
          value: { tensor: { dtype: 'DT_INT32', tensorShape: { dim: [{ size: '2' }] } } },
        },
      },
      {
        name: pool,
        op: 'Mean',
        input: [output, axes],
        attr: { T: { type: 'DT_FLOAT' }, Tidx: { type: 'DT_INT32' }, keep_dims: { b: false } },
      },
    );
    weightSpecs.push({ name: axes, shape: [2], dtype: 'int32' });
    const grown = new Uint8Array(data.length + 8);
    grown.set(data);
    new DataView(grown.buffer).setInt32(data.length, 1, true);
    new DataView(grown.buffer).setInt32(data.length + 4, 2, true);
    data = grown;
  }
  const old = artifacts.modelTopology as Record<string, unknown>;
  const last = pool ?? output;
  const shape = options.outputShape;
  return {
    weightSpecs,
    weightData: data.buffer as ArrayBuffer,
    format: 'graph-model',
    generatedBy: artifacts.generatedBy ?? 'nearkin',
    convertedBy: artifacts.convertedBy ?? null,
    modelTopology: { ...old, node },
    signature: {
      inputs: { [input]: inputInfo(artifacts, topology, input) },
      outputs: {
        [last]: {
          name: last,
          dtype: 'DT_FLOAT',
          ...(shape ? { tensorShape: { dim: shape.map((size) => ({ size: String(size) })) } } : {}),
        },
      },
    },
    ...(artifacts.modelInitializer ? { modelInitializer: artifacts.modelInitializer } : {}),
  };
}

/** Shape of a graph input, -1 where a side is open; undefined when the file does not say. */
export function inputShape(artifacts: io.ModelArtifacts, topology: GraphTopology, input: string): number[] | undefined {
  return sides(inputInfo(artifacts, topology, input)['tensorShape']);
}

/** Shape of an output as the signature states it, -1 where a side is open. */
export function outputShape(artifacts: io.ModelArtifacts, output: string): number[] | undefined {
  const outputs = Object.values(((artifacts.signature ?? {}) as { outputs?: object }).outputs ?? {}) as unknown[];
  const entry = outputs.find((one) => isRecord(one) && nodeName(String(one['name'])) === output);
  return isRecord(entry) ? sides(entry['tensorShape']) : undefined;
}

function sides(shape: unknown): number[] | undefined {
  const dim = isRecord(shape) ? shape['dim'] : undefined;
  if (!Array.isArray(dim)) return undefined;
  return dim.map((side: unknown) => Number(isRecord(side) ? (side['size'] ?? -1) : -1));
}

function inputInfo(artifacts: io.ModelArtifacts, topology: GraphTopology, input: string): Record<string, unknown> {
  const entries = Object.values(((artifacts.signature ?? {}) as { inputs?: object }).inputs ?? {}) as unknown[];
  for (const entry of entries)
    if (isRecord(entry) && nodeName(String(entry['name'])) === input && isRecord(entry['tensorShape']))
      return { ...entry, name: input };
  const shape = topology.nodes.get(input)?.attr?.['shape']?.['shape'];
  return { name: input, dtype: 'DT_FLOAT', ...(isRecord(shape) ? { tensorShape: shape } : {}) };
}

function outputNames(artifacts: io.ModelArtifacts, nodes: ReadonlyMap<string, GraphNode>): string[] {
  const signature = (artifacts.signature ?? {}) as { outputs?: Record<string, unknown> };
  const named = Object.values(signature.outputs ?? {}).flatMap((entry) =>
    isRecord(entry) && typeof entry['name'] === 'string' ? [nodeName(entry['name'])] : [],
  );
  const known = named.filter((name) => nodes.has(name));
  if (known.length > 0) return known;
  const read = new Set([...nodes.values()].flatMap((node) => (node.input ?? []).map(nodeName)));
  return [...nodes.keys()].filter((name) => !read.has(name));
}
