import type { LayerNode, LayersTopology } from './layers-topology.js';

/** Layers that change neither what nor how much the vector says. */
const passing = new Set(['Reshape', 'Dropout', 'SpatialDropout2D', 'GaussianNoise', 'Permute', 'Softmax']);
/** What a classifier head may end with. */
const headActivations = new Set(['linear', 'softmax', 'sigmoid', 'log_softmax']);

/**
 * Finds the layer whose output is the embedding. A model that ends with probabilities (a dense layer or 1x1 convolution
 * with softmax or sigmoid, in one layer or two) is a classifier: the embedding is what its head reads. Any other model
 * gives its embedding as it ends, a linear projection too; where that is logits, name the layer before.
 */
export function findEmbeddingLayer(topology: LayersTopology): string {
  const last = topology.outputs[0];
  const path: LayerNode[] = [];
  const head = last === undefined ? undefined : skip(topology, last, (node) => isPassing(node) && path.push(node) > 0);
  if (!head || !isHead(head) || ![head, ...path].some(isProbability)) return last ?? '';
  const before = head.inputs[0];
  if (before === undefined) return head.name;
  return skip(topology, before, (node) => isPassing(node) && node.className !== 'Activation')?.name ?? before;
}

/** Softmax and kin: what they give is no embedding. */
function isProbability({ className, config }: LayerNode): boolean {
  return className === 'Softmax' || (config['activation'] ?? 'linear') !== 'linear';
}

/** Walks against the flow while the layer passes and has one input. */
function skip(topology: LayersTopology, from: string, passes: (node: LayerNode) => boolean): LayerNode | undefined {
  let node = topology.nodes.get(from);
  for (let steps = 0; node && passes(node) && node.inputs.length === 1; steps++) {
    if (steps > topology.nodes.size) return undefined;
    node = topology.nodes.get(node.inputs[0]!);
  }
  return node;
}

function isPassing({ className, config }: LayerNode): boolean {
  if (className === 'Activation') return headActivations.has(String(config['activation'] ?? 'linear'));
  return passing.has(className) || className === 'Flatten';
}

function isHead({ className, config }: LayerNode): boolean {
  const linear = headActivations.has(String(config['activation'] ?? 'linear'));
  if (className === 'Dense') return linear;
  const kernel = config['kernel_size'];
  return className === 'Conv2D' && linear && [kernel].flat().every((side) => side === 1);
}
