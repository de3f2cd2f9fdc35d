import type { NearkinError } from '@nearkin/core';
import type { GraphBuilder } from '../model/graph.js';
import type { Folded } from './fold-calls.js';
import type { LayerCall } from './read-topology.js';
import type { Weights } from './read-weights.js';

/** What converting one layer needs. */
export interface Conversion {
  readonly graph: GraphBuilder;
  readonly weights: Weights;
  readonly call: LayerCall;
  /** Tensors that it reads. */
  readonly inputs: readonly number[];
  readonly folded: Folded;
  /**
   * Adds a kernel whose first dimension are the output channels; in int8 with one scale for each channel where weights
   * are to be small, and then dequantised by an operator that runtimes run once.
   */
  kernel(name: string, shape: readonly number[], data: Float32Array): number;
  /** An error that names the layer and where it is. */
  unsupported(reason: string): NearkinError;
}

/** Converts one layer; gives the tensor that holds its output. */
export type Converter = (conversion: Conversion) => number;

/** The one tensor that a layer reads, and its shape. */
export function onlyInput({ inputs, graph, unsupported }: Conversion): { tensor: number; shape: readonly number[] } {
  const [tensor, ...more] = inputs;
  if (tensor === undefined || more.length > 0) throw unsupported(`reads ${inputs.length} tensors, expected one`);
  return { tensor, shape: graph.shapeOf(tensor) };
}

/** A setting that is one number or a pair. */
export function pair({ call, unsupported }: Conversion, key: string, fallback?: readonly number[]): [number, number] {
  const value = call.config[key] ?? fallback;
  const list = typeof value === 'number' ? [value, value] : value;
  const isPair = Array.isArray(list) && list.length === 2 && list.every((n) => Number.isSafeInteger(n) && n >= 0);
  if (!isPair) throw unsupported(`has ${key} ${JSON.stringify(value)}, expected two whole numbers`);
  return [list[0], list[1]];
}

export function padding({ call, unsupported }: Conversion): 'same' | 'valid' {
  const value = call.config['padding'] ?? 'valid';
  if (value === 'same' || value === 'valid') return value;
  throw unsupported(`has padding ${JSON.stringify(value)}, expected same or valid`);
}

export function assertChannelsLast({ call, unsupported }: Conversion): void {
  const format = call.config['data_format'] ?? 'channels_last';
  if (format !== 'channels_last' && format !== 'channelsLast')
    throw unsupported('has its channels first; convert the model to channels_last');
}

/** Size of a map after a window has moved over it. */
export function windowed(
  size: number,
  { window, stride, dilation = 1, padding }: { window: number; stride: number; dilation?: number; padding: string },
): number {
  const reach = (window - 1) * dilation + 1;
  return padding === 'same' ? Math.ceil(size / stride) : Math.ceil((size - reach + 1) / stride);
}
