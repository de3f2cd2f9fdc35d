import { NearkinError } from '@nearkin/core';
import type * as tf from '@tensorflow/tfjs';
import type { orderedLayers } from './copy-layers.js';

type Nodes = ReturnType<typeof orderedLayers>;
type Layer = tf.layers.Layer;

/**
 * Chooses where a model is cut for fine-tuning: behind the last layer through which everything flows and below which
 * nothing learns.
 *
 * @param nodes each after those it reads, the input first
 * @returns that layer, and the names of the layers that learn
 * @throws {NearkinError} `UNKNOWN_LAYER`, `INVALID_ARGUMENT`
 */
export function chooseCut(nodes: Nodes, layers: number | string): { cut: Layer; learning: ReadonlySet<string> } {
  const withWeights = nodes.filter(({ layer }) => layer.weights.length > 0).map(({ layer }) => layer.name);
  const first = firstLearning(nodes, { layers, withWeights });
  // In order of reading, what stands after the first one does not lie below it.
  const learning = new Set(
    nodes.slice(first).flatMap(({ layer }) => (withWeights.includes(layer.name) ? [layer.name] : [])),
  );
  if (learning.size === 0)
    throw new NearkinError(
      'INVALID_ARGUMENT',
      `Nothing from the layer ${JSON.stringify(layers)} on has weights; the layers that have some are ${list(withWeights)}.`,
      { details: { layers, candidates: withWeights } },
    );
  for (let at = first - 1; at > 0; at--) if (isBottleneck(nodes, at)) return { cut: nodes[at]!.layer, learning };
  return { cut: nodes[0]!.layer, learning };
}

function firstLearning(
  nodes: Nodes,
  { layers, withWeights }: { readonly layers: number | string; readonly withWeights: readonly string[] },
): number {
  if (typeof layers === 'string') {
    const at = nodes.findIndex(({ layer }) => layer.name === layers);
    if (at > 0) return at;
    const names = nodes.slice(1).map(({ layer }) => layer.name);
    throw new NearkinError(
      'UNKNOWN_LAYER',
      `The embedder has no layer ${JSON.stringify(layers)} that could learn; its layers are ${list(names)}.`,
      { details: { layer: layers, candidates: names } },
    );
  }
  if (!Number.isSafeInteger(layers) || layers < 1 || layers > withWeights.length)
    throw new NearkinError(
      'INVALID_ARGUMENT',
      `Expected 1 to ${withWeights.length} layers to learn, as many as have weights, got ${layers}; they are ${list(withWeights)}.`,
      { details: { layers, candidates: withWeights } },
    );
  const name = withWeights.at(-layers)!;
  return nodes.findIndex(({ layer }) => layer.name === name);
}

/** Whether nothing after a place reads what was given before it. */
function isBottleneck(nodes: Nodes, at: number): boolean {
  const before = new Set(nodes.slice(0, at).map(({ layer }) => layer));
  return nodes.slice(at + 1).every(({ inputs }) => !inputs.some((input) => before.has(input)));
}

function list(names: readonly string[]): string {
  const shown = names.slice(-12);
  return `${names.length > shown.length ? '…, ' : ''}${shown.join(', ')}`;
}
