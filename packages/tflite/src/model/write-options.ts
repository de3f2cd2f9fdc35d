import type { Field, FlatWriter, Place } from './flat-writer.js';
import type { NewOperator, OpOptions } from './graph.js';
import type { OpName } from './op-codes.js';
import { fusedActivations } from './schema.js';

/**
 * Writes the options table of an operator.
 *
 * @returns undefined for operators that have none
 * @source TensorFlow Lite, schema.fbs, the tables `…Options`
 */
export function writeOptions(writer: FlatWriter, { op, options = {} }: NewOperator): Place | undefined {
  if (op === 'RESHAPE') return writer.table([[0, 'place', writer.int32s(options.shape ?? [])]]);
  const fields = fieldsOf[op];
  return fields && writer.table(fields(options));
}

const none = () => [];
const activation = (options: OpOptions, slot: number): Field => [
  slot,
  'int8',
  fusedActivations[options.activation ?? 'none'],
];
const padding = (options: OpOptions): Field => [0, 'int8', options.padding === 'valid' ? 1 : 0];
const keepDims = (options: OpOptions): readonly Field[] => [[0, 'int8', options.keepDims ? 1 : 0]];

/** Strides are stored width first. */
const strides = (options: OpOptions): readonly Field[] => [
  [1, 'int32', options.strides?.[1] ?? 1],
  [2, 'int32', options.strides?.[0] ?? 1],
];

/** A dilation of 1 is the default, written as an absent field. */
const dilations = (options: OpOptions, slot: number): readonly Field[] =>
  (options.dilations ?? [1, 1]).some((step) => step > 1)
    ? [
        [slot, 'int32', options.dilations![1]],
        [slot + 1, 'int32', options.dilations![0]],
      ]
    : [];

const pool = (options: OpOptions): readonly Field[] => [
  padding(options),
  ...strides(options),
  [3, 'int32', options.window?.[1] ?? 1],
  [4, 'int32', options.window?.[0] ?? 1],
  activation(options, 5),
];

const arithmetic = (options: OpOptions): readonly Field[] => [activation(options, 0)];

const fieldsOf: Partial<Record<OpName, (options: OpOptions) => readonly Field[]>> = {
  ADD: arithmetic,
  SUB: arithmetic,
  MUL: arithmetic,
  DIV: arithmetic,
  AVERAGE_POOL_2D: pool,
  MAX_POOL_2D: pool,
  CONCATENATION: (options) => [[0, 'int32', options.axis], activation(options, 1)],
  CONV_2D: (options) => [padding(options), ...strides(options), activation(options, 3), ...dilations(options, 4)],
  DEPTHWISE_CONV_2D: (options) => [
    padding(options),
    ...strides(options),
    [3, 'int32', options.depthMultiplier ?? 1],
    activation(options, 4),
    ...dilations(options, 5),
  ],
  FULLY_CONNECTED: (options) => [activation(options, 0), [2, 'int8', options.keepDims ? 1 : 0]],
  GATHER: (options) => [[0, 'int32', options.axis]],
  LEAKY_RELU: (options) => [[0, 'float32', options.factor]],
  SOFTMAX: (options) => [[0, 'float32', options.factor ?? 1]],
  MEAN: keepDims,
  SUM: keepDims,
  REDUCE_MAX: keepDims,
  ABS: none,
  DEQUANTIZE: none,
  EXP: none,
  HARD_SWISH: none,
  L2_NORMALIZATION: none,
  MAXIMUM: none,
  MINIMUM: none,
  PAD: none,
  SLICE: none,
  TOPK_V2: none,
};
