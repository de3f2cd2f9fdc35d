import type { DataType, io } from '@tensorflow/tfjs-core';

/** The parts of TensorFlow's GraphDef that tfjs reads, in their JSON form. */
export interface GraphDef {
  node: GraphNode[];
  library?: unknown;
  versions?: unknown;
}

export interface GraphNode {
  name: string;
  op: string;
  input?: string[];
  attr?: Record<string, unknown>;
}

export interface TensorInfo {
  readonly name: string;
  readonly dtype: string;
  readonly tensorShape?: { dim?: { size: string }[] };
}

export interface Signature {
  readonly inputs: Record<string, TensorInfo>;
  readonly outputs: Record<string, TensorInfo>;
}

/** A graph with its constants: what a GraphModel is before it is split into files. */
export interface GraphParts {
  readonly graph: GraphDef;
  readonly signature: Signature;
  readonly weights: readonly Weight[];
}

/** One constant: the entry of the weights manifest and its bytes as stored. */
export interface Weight {
  readonly spec: io.WeightsManifestEntry;
  readonly bytes: Uint8Array;
}

const typeNames: Partial<Record<DataType, string>> = {
  float32: 'DT_FLOAT',
  int32: 'DT_INT32',
  bool: 'DT_BOOL',
  string: 'DT_STRING',
  complex64: 'DT_COMPLEX64',
};

function typeName(dtype: DataType): string {
  return typeNames[dtype] ?? 'DT_FLOAT';
}

/** Attribute values: integers are strings and strings are base64, as in every tfjs GraphModel. */
export const attr = {
  type: (dtype: DataType) => ({ type: typeName(dtype) }),
  bool: (value: boolean) => ({ b: value }),
  int: (value: number) => ({ i: String(value) }),
  float: (value: number) => ({ f: value }),
  text: (value: string) => ({ s: btoa(value) }),
  ints: (values: readonly number[]) => ({ list: { i: values.map(String) } }),
  texts: (values: readonly string[]) => ({ list: { s: values.map((value) => btoa(value)) } }),
  shape: (dims: readonly (number | null)[]) => ({ shape: shapeOf(dims) }),
};

export function shapeOf(dims: readonly (number | null)[]): { dim: { size: string }[] } {
  return { dim: dims.map((size) => ({ size: String(size ?? -1) })) };
}

export function tensorInfo(node: string, options: { dtype: DataType; shape: readonly (number | null)[] }): TensorInfo {
  return { name: `${node}:0`, dtype: typeName(options.dtype), tensorShape: shapeOf(options.shape) };
}

export function constNode(name: string, spec: io.WeightsManifestEntry): GraphNode {
  const dtype = typeName(spec.dtype);
  return {
    name,
    op: 'Const',
    attr: { dtype: { type: dtype }, value: { tensor: { dtype, tensorShape: shapeOf(spec.shape) } } },
  };
}

/** `^a` (a control input) and `a:1` (an output) both come from node `a`. */
export function nodeNameOf(input: string): string {
  return input.replace(/^\^/, '').replace(/:\d+$/, '');
}
