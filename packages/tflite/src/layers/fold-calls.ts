import type { LayerCall, LayerCalls } from './read-topology.js';

/** What follows a convolution or dense layer and becomes part of it. */
export interface Folded {
  /** The batch normalisation. */
  readonly normalization?: LayerCall | undefined;
  readonly activation?: 'relu' | 'relu6' | undefined;
}

export interface FoldedCalls {
  /** By index of the convolution. */
  readonly folded: ReadonlyMap<number, Folded>;
  /** Calls that have become part of another one: index of that one. */
  readonly aliases: ReadonlyMap<number, number>;
}

const foldable = new Set(['Conv2D', 'DepthwiseConv2D', 'SeparableConv2D', 'Dense']);

/**
 * Finds batch normalisations and rectifiers that can be computed by the layer before them: one that has no activation of
 * its own and that nothing else reads.
 */
export function foldCalls({ calls, output }: LayerCalls): FoldedCalls {
  const readers = new Map<number, number[]>();
  calls.forEach(({ inputs }, reader) => {
    for (const input of inputs) readers.set(input, [...(readers.get(input) ?? []), reader]);
  });
  const onlyReader = (index: number): number | undefined => {
    const found = readers.get(index) ?? [];
    return found.length === 1 && index !== output ? found[0] : undefined;
  };
  const folded = new Map<number, Folded>();
  const aliases = new Map<number, number>();
  calls.forEach((call, index) => {
    if (!foldable.has(call.className) || (call.config['activation'] ?? 'linear') !== 'linear') return;
    let normalization: LayerCall | undefined;
    let next = onlyReader(index);
    if (next !== undefined && calls[next]!.className === 'BatchNormalization') {
      normalization = calls[next];
      aliases.set(next, index);
      next = onlyReader(next);
    }
    const activation = next === undefined ? undefined : rectifier(calls[next]!);
    if (activation) aliases.set(next!, index);
    if (normalization || activation) folded.set(index, { normalization, activation });
  });
  return { folded, aliases };
}

/** Which rectifier that runtimes can fuse a layer is, if it is one. */
export function rectifier({ className, config }: LayerCall): 'relu' | 'relu6' | undefined {
  if (className === 'Activation') return fusedActivation(config['activation']);
  if (className !== 'ReLU' || Number(config['negative_slope'] ?? 0) !== 0 || Number(config['threshold'] ?? 0) !== 0)
    return undefined;
  const top = config['max_value'] ?? null;
  return top === null ? 'relu' : top === 6 ? 'relu6' : undefined;
}

export function fusedActivation(name: unknown): 'relu' | 'relu6' | undefined {
  return name === 'relu' || name === 'relu6' ? name : undefined;
}
