/** An operator of the schema: its number, the oldest version of it that does what we write, and its options. */
export interface OpCode {
  readonly code: number;
  readonly version: number;
  /** The number of its options in the schema's union; 0: it has none. */
  readonly options: number;
}

/**
 * The operators that we write.
 *
 * @source TensorFlow Lite, schema.fbs, `BuiltinOperator` and `BuiltinOptions`
 */
export const opCodes = {
  ADD: { code: 0, version: 1, options: 11 },
  AVERAGE_POOL_2D: { code: 1, version: 1, options: 5 },
  CONCATENATION: { code: 2, version: 1, options: 10 },
  CONV_2D: { code: 3, version: 1, options: 1 },
  DEPTHWISE_CONV_2D: { code: 4, version: 1, options: 2 },
  DEQUANTIZE: { code: 6, version: 1, options: 46 },
  FULLY_CONNECTED: { code: 9, version: 1, options: 8 },
  L2_NORMALIZATION: { code: 11, version: 1, options: 12 },
  LOGISTIC: { code: 14, version: 1, options: 0 },
  MAX_POOL_2D: { code: 17, version: 1, options: 5 },
  MUL: { code: 18, version: 1, options: 21 },
  RELU: { code: 19, version: 1, options: 0 },
  RELU6: { code: 21, version: 1, options: 0 },
  RESHAPE: { code: 22, version: 1, options: 17 },
  SOFTMAX: { code: 25, version: 1, options: 9 },
  TANH: { code: 28, version: 1, options: 0 },
  PAD: { code: 34, version: 1, options: 22 },
  GATHER: { code: 36, version: 1, options: 23 },
  MEAN: { code: 40, version: 1, options: 27 },
  SUB: { code: 41, version: 1, options: 28 },
  DIV: { code: 42, version: 1, options: 29 },
  EXP: { code: 47, version: 1, options: 33 },
  TOPK_V2: { code: 48, version: 1, options: 34 },
  PRELU: { code: 54, version: 1, options: 0 },
  MAXIMUM: { code: 55, version: 1, options: 39 },
  MINIMUM: { code: 57, version: 1, options: 39 },
  SLICE: { code: 65, version: 1, options: 48 },
  SUM: { code: 74, version: 1, options: 27 },
  SQRT: { code: 75, version: 1, options: 0 },
  REDUCE_MAX: { code: 82, version: 1, options: 27 },
  LEAKY_RELU: { code: 98, version: 1, options: 75 },
  ABS: { code: 101, version: 1, options: 78 },
  ELU: { code: 111, version: 1, options: 0 },
  HARD_SWISH: { code: 117, version: 1, options: 92 },
} as const satisfies Readonly<Record<string, OpCode>>;

export type OpName = keyof typeof opCodes;

/** Names of the operators that people meet in models for pictures; others are shown as their number. */
export const opNames: ReadonlyMap<number, string> = new Map<number, string>([
  ...Object.entries(opCodes).map(([name, { code }]): [number, string] => [code, name]),
  [7, 'EMBEDDING_LOOKUP'],
  [32, 'CUSTOM'],
  [39, 'TRANSPOSE'],
  [43, 'SQUEEZE'],
  [45, 'STRIDED_SLICE'],
  [49, 'SPLIT'],
  [53, 'CAST'],
  [70, 'EXPAND_DIMS'],
  [83, 'PACK'],
  [97, 'RESIZE_NEAREST_NEIGHBOR'],
  [23, 'RESIZE_BILINEAR'],
  [114, 'QUANTIZE'],
  [126, 'BATCH_MATMUL'],
]);
