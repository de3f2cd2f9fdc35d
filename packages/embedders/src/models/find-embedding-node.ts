import { type GraphNode, type GraphTopology, nodeName } from './graph-topology.js';

/** Ops that change neither what nor how much the vector says. */
const passing = new Set(['Identity', 'Reshape', 'Squeeze', 'ExpandDims', 'StopGradient', 'Flatten']);
const headEnds = new Set([...passing, 'Softmax', 'LogSoftmax', 'Sigmoid', 'BiasAdd', 'Add', 'AddV2']);
const headOps = new Set(['MatMul', '_FusedMatMul', 'Conv2D', '_FusedConv2D']);

/**
 * Finds the node whose output is the embedding: what the classifier head reads (a MatMul or 1x1 convolution that no
 * nonlinearity but softmax or sigmoid follows), else the model's output.
 *
 * @returns undefined when the model has several outputs, so that someone must choose
 */
export function findEmbeddingNode(topology: GraphTopology): string | undefined {
  const [output, ...more] = topology.outputs;
  if (output === undefined || more.length > 0) return undefined;
  const head = walk(topology, output, headEnds);
  if (!head || !isHead(topology, head)) return output;
  return walk(topology, nodeName(head.input![0]!), passing)?.name ?? output;
}

/** Nodes worth naming in a message: pooled or flattened ones, nearest the output first. */
export function embeddingCandidates(topology: GraphTopology): string[] {
  const names = [...topology.nodes.values()]
    .filter(({ op }) => op === 'Mean' || op === 'AvgPool')
    .map(({ name }) => name);
  return [...names.slice(-8), ...topology.outputs];
}

function walk(topology: GraphTopology, from: string, through: ReadonlySet<string>): GraphNode | undefined {
  let node = topology.nodes.get(from);
  for (let steps = 0; node && through.has(node.op) && node.input?.[0] !== undefined; steps++) {
    if (steps > topology.nodes.size) return undefined;
    // The first input is the data, except for sums, whose other side must be a constant.
    const inputs = node.input.map(nodeName).filter((name) => topology.nodes.get(name)?.op !== 'Const');
    if (node.op.startsWith('Add') && inputs.length !== 1) return node;
    node = topology.nodes.get(inputs[0] ?? '');
  }
  return node;
}

function isHead(topology: GraphTopology, node: GraphNode): boolean {
  if (!headOps.has(node.op)) return false;
  const fused = node.attr?.['fused_ops']?.['list'] as { s?: string[] } | undefined;
  if ((fused?.s ?? []).some((op) => decode(op) !== 'BiasAdd')) return false;
  if (node.op.endsWith('MatMul')) return true;
  // Of a convolution: only one that reads pooled maps.
  const before = walk(topology, nodeName(node.input![0]!), passing);
  return before?.op === 'Mean' || before?.op === 'AvgPool';
}

/** Strings in a GraphModel's JSON are base64. */
function decode(text: string): string {
  try {
    return atob(text);
  } catch {
    return text;
  }
}
