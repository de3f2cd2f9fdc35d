/** An operator of the schema: its number, and that of its options in the schema's union; 0: it has none. */
export type OpCode = readonly [code: number, options: number];

/**
 * The operators that we write; what we write of them is their version 1, where nothing else is said.
 *
 * @source TensorFlow Lite, schema.fbs, `BuiltinOperator` and `BuiltinOptions`
 */
export const opCodes = {
  ADD: [0, 11],
  AVERAGE_POOL_2D: [1, 5],
  CONCATENATION: [2, 10],
  CONV_2D: [3, 1],
  DEPTHWISE_CONV_2D: [4, 2],
  DEQUANTIZE: [6, 46],
  FULLY_CONNECTED: [9, 8],
  L2_NORMALIZATION: [11, 12],
  LOGISTIC: [14, 0],
  MAX_POOL_2D: [17, 5],
  MUL: [18, 21],
  RELU: [19, 0],
  RELU6: [21, 0],
  RESHAPE: [22, 17],
  SOFTMAX: [25, 9],
  TANH: [28, 0],
  PAD: [34, 22],
  GATHER: [36, 23],
  MEAN: [40, 27],
  SUB: [41, 28],
  DIV: [42, 29],
  EXP: [47, 33],
  TOPK_V2: [48, 34],
  PRELU: [54, 0],
  MAXIMUM: [55, 39],
  MINIMUM: [57, 39],
  SLICE: [65, 48],
  SUM: [74, 27],
  SQRT: [75, 0],
  REDUCE_MAX: [82, 27],
  LEAKY_RELU: [98, 75],
  ABS: [101, 78],
  ELU: [111, 0],
  HARD_SWISH: [117, 92],
} as const satisfies Readonly<Record<string, OpCode>>;

export type OpName = keyof typeof opCodes;

/** Names of the operators that people meet in models for pictures; others are shown as their number. */
export const opNames: ReadonlyMap<number, string> = new Map<number, string>([
  ...Object.entries(opCodes).map(([name, [code]]): [number, string] => [code, name]),
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
