import type { LayerNode, LayersTopology } from './layers-topology.js';

/** Layers that change neither what nor how much the vector says. */
const passing = new Set(['Reshape', 'Dropout', 'SpatialDropout2D', 'GaussianNoise', 'Permute', 'Softmax']);
/** What a classifier head may end with. */
const headActivations = new Set(['linear', 'softmax', 'sigmoid', 'log_softmax']);

/**
 * Finds the layer whose output is the embedding: the one that a classifier head reads, where the model ends with a head
 * (a dense layer or 1x1 convolution without a nonlinearity, or with softmax or sigmoid), else the model's last layer.
 *
 * A model that ends with a linear projection looks the same as one that ends with logits; name the layer then.
 */
export function findEmbeddingLayer(topology: LayersTopology): string {
  const last = topology.outputs[0];
  const head = last === undefined ? undefined : skip(topology, last, isPassing);
  if (!head || !isHead(head)) return last ?? '';
  const before = head.inputs[0];
  if (before === undefined) return head.name;
  return skip(topology, before, (node) => isPassing(node) && node.className !== 'Activation')?.name ?? before;
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
