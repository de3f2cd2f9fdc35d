import type { OpName } from './op-codes.js';
import type { FusedActivation, TensorType } from './schema.js';

/** A tensor to be written; without data it is computed. */
export interface NewTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** Default `float32`. */
  readonly type?: TensorType | undefined;
  readonly data?: Float32Array | Int32Array | Int8Array | Uint8Array | undefined;
  /** Real value = scale x stored; one scale, or one for each index of the first dimension. */
  readonly scales?: Float32Array | undefined;
}

/** Options of an operator, by the names of the schema; those of another operator have no effect. */
export interface OpOptions {
  readonly activation?: FusedActivation | undefined;
  readonly padding?: 'same' | 'valid' | undefined;
  readonly strides?: readonly [height: number, width: number] | undefined;
  readonly dilations?: readonly [height: number, width: number] | undefined;
  readonly window?: readonly [height: number, width: number] | undefined;
  readonly depthMultiplier?: number | undefined;
  readonly axis?: number | undefined;
  readonly keepDims?: boolean | undefined;
  readonly shape?: readonly number[] | undefined;
  /** Factor inside the exponential of SOFTMAX; slope of LEAKY_RELU. */
  readonly factor?: number | undefined;
}

/** An operator to be written; tensors by index, -1 for one left out. */
export interface NewOperator {
  readonly op: OpName;
  readonly version?: number | undefined;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly options?: OpOptions | undefined;
}

/** Tensors and operators to append; indices of tensors continue those of the model they are appended to. */
export interface NewGraph {
  readonly tensors: readonly NewTensor[];
  readonly operators: readonly NewOperator[];
  /** Undefined: the older model's. */
  readonly inputs?: readonly number[] | undefined;
  readonly outputs: readonly number[];
}

/** Collects a {@link NewGraph}; each method gives the index of the tensor it made. */
export interface GraphBuilder {
  tensor(tensor: NewTensor): number;
  constant(name: string, shape: readonly number[], data: Float32Array | Int32Array): number;
  /** Adds an operator with one new output. */
  apply(
    op: OpName,
    inputs: readonly number[],
    output: { readonly name: string; readonly shape: readonly number[] },
    options?: OpOptions & { readonly version?: number | undefined },
  ): number;
  /** Gives a tensor that was added another name. */
  rename(tensor: number, name: string): void;
  shapeOf(tensor: number): readonly number[];
  /** Adds an operator whose outputs exist. */
  operator(operator: NewOperator): void;
  finish(ends: { readonly inputs?: readonly number[]; readonly outputs: readonly number[] }): NewGraph;
}

/** @param firstTensor how many tensors there are already */
export function createGraphBuilder(firstTensor: number): GraphBuilder {
  const tensors: NewTensor[] = [];
  const operators: NewOperator[] = [];
  const add = (tensor: NewTensor): number => firstTensor + tensors.push(tensor) - 1;
  return {
    tensor: add,
    constant: (name, shape, data) => add({ name, shape, data, type: data instanceof Int32Array ? 'int32' : 'float32' }),
    apply(op, inputs, output, options = {}) {
      const index = add({ name: output.name, shape: output.shape });
      operators.push({ op, inputs, outputs: [index], options, version: options.version });
      return index;
    },
    rename(tensor, name) {
      tensors[tensor - firstTensor] = { ...tensors[tensor - firstTensor]!, name };
    },
    shapeOf: (tensor) => tensors[tensor - firstTensor]!.shape,
    operator: (operator) => {
      operators.push(operator);
    },
    finish: ({ inputs, outputs }) => ({ tensors, operators, inputs, outputs }),
  };
}
