import type { Tensor } from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';

export type LayerInput = Parameters<layers.Layer['call']>[0];
export type CallArguments = Parameters<layers.Layer['call']>[1];
export type LayerShape = (number | null)[];

/** tfjs hands a layer of one input either the tensor or a list of one. */
export function onlyTensor(inputs: LayerInput): Tensor {
  return Array.isArray(inputs) ? inputs[0]! : inputs;
}

/** The same for shapes. */
export function onlyShape(shape: LayerShape | LayerShape[]): LayerShape {
  return Array.isArray(shape[0]) ? (shape[0] as LayerShape) : (shape as LayerShape);
}

const made = new Map<string, number>();

/** A name that no other layer of this program got; tfjs would make one of the class name, whose `>` it then refuses. */
export function freshName(prefix: string): string {
  const number = (made.get(prefix) ?? 0) + 1;
  made.set(prefix, number);
  return `${prefix}_${number}`;
}
