import { NearkinError } from '@nearkin/core';
import type { io } from '@tensorflow/tfjs-core';
import { joinWeights, splitWeights } from '../files/pack-weights.js';
import { type GraphDef, type GraphNode, type GraphParts, nodeNameOf, type Signature } from './graph-def.js';

/** A GraphModel as it is stored, cut off behind one node: what that node does not need is left out. */
export function cutGraph(artifacts: io.ModelArtifacts, outputNode: string): GraphParts {
  const graph = artifacts.modelTopology as GraphDef;
  const byName = new Map(graph.node.map((node) => [node.name, node]));
  const needed = new Set<string>();
  const open = [outputNode];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (needed.has(name)) continue;
    const node = byName.get(name);
    if (!node) throw new NearkinError('BAD_MODEL', `The graph has no node ${name}, which another one reads.`);
    needed.add(name);
    open.push(...(node.input ?? []).map(nodeNameOf));
  }
  const signature = (artifacts.signature ?? { inputs: {}, outputs: {} }) as unknown as Signature;
  const inputs = Object.entries(signature.inputs ?? {}).filter(([, info]) => needed.has(nodeNameOf(info.name)));
  return {
    graph: { ...graph, node: graph.node.filter((node) => needed.has(node.name)) },
    signature: { inputs: Object.fromEntries(inputs), outputs: {} },
    weights: splitWeights(artifacts).filter(({ spec }) => needed.has(spec.name)),
  };
}

/**
 * Puts one graph behind a node of another.
 *
 * @param base what gives `options.at`
 * @param head a graph whose only input takes the value of that node
 * @returns the inputs of the base, the outputs of the head
 */
export function joinGraphs(base: GraphParts, head: GraphParts, options: { readonly at: string }): GraphParts {
  const taken = new Set(base.graph.node.map((node) => node.name));
  const input = nodeNameOf(Object.values(head.signature.inputs)[0]!.name);
  const outputs = new Set(Object.values(head.signature.outputs).map((info) => nodeNameOf(info.name)));
  const renamed = new Map<string, string>([[input, options.at]]);
  for (const { name } of head.graph.node) {
    if (name === input) continue;
    let free = name;
    for (let n = 1; taken.has(free); n++) free = `${name}_${n}`;
    taken.add(free);
    renamed.set(name, free);
  }
  const rename = (name: string) => name.replace(nodeNameOf(name), renamed.get(nodeNameOf(name))!);
  const nodes: GraphNode[] = head.graph.node
    .filter(({ name }) => name !== input)
    .map((node) => ({ ...node, name: rename(node.name), ...(node.input ? { input: node.input.map(rename) } : {}) }));
  return {
    graph: { ...base.graph, node: [...base.graph.node, ...nodes] },
    signature: {
      inputs: base.signature.inputs,
      outputs: Object.fromEntries(
        Object.entries(head.signature.outputs).map(([key, info]) => [
          key,
          { ...info, name: outputs.has(nodeNameOf(info.name)) ? rename(info.name) : info.name },
        ]),
      ),
    },
    weights: [
      ...base.weights,
      ...head.weights.map((weight) => ({ ...weight, spec: { ...weight.spec, name: rename(weight.spec.name) } })),
    ],
  };
}

export function partsToArtifacts(parts: GraphParts): io.ModelArtifacts {
  return {
    format: 'graph-model',
    generatedBy: 'nearkin',
    modelTopology: parts.graph,
    signature: parts.signature as unknown as object,
    ...joinWeights(parts.weights),
  } as io.ModelArtifacts;
}
