/**
 * The parts of the TFLite schema (`TFL3`) that are read or written: slots are the fields' places in their tables.
 * Enums, because the build puts the numbers where they are used and leaves the names out.
 *
 * @source TensorFlow Lite, tensorflow/compiler/mlir/lite/schema/schema.fbs, version 3
 */
export const modelIdentifier = 'TFL3';
export const schemaVersion = 3;

export enum Model {
  version = 0,
  operatorCodes = 1,
  subgraphs = 2,
  description = 3,
  buffers = 4,
  metadataBuffer = 5,
  metadata = 6,
  signatureDefs = 7,
  /** Groups of buffers in other files, and the buffers in them. */
  externalBufferGroups = 8,
  externalBuffers = 9,
}

export enum OperatorCode {
  deprecatedBuiltinCode = 0,
  customCode = 1,
  version = 2,
  builtinCode = 3,
}

export enum SubGraph {
  tensors = 0,
  inputs = 1,
  outputs = 2,
  operators = 3,
  name = 4,
  debugMetadata = 5,
}

export enum Tensor {
  shape = 0,
  type = 1,
  buffer = 2,
  name = 3,
  quantization = 4,
  isVariable = 5,
  sparsity = 6,
  shapeSignature = 7,
  hasRank = 8,
  variantTensors = 9,
  externalBuffer = 10,
}

export enum Quantization {
  min = 0,
  max = 1,
  scale = 2,
  zeroPoint = 3,
}

export enum Operator {
  opcodeIndex = 0,
  inputs = 1,
  outputs = 2,
  builtinOptionsType = 3,
  builtinOptions = 4,
  intermediates = 8,
  largeCustomOptionsOffset = 9,
}

/** `offset` and `size` tell of data behind the FlatBuffers part, beyond what 32-bit offsets reach. */
export enum Buffer {
  data = 0,
  offset = 1,
  size = 2,
}

export enum Metadata {
  name = 0,
  buffer = 1,
}

export enum SignatureDef {
  inputs = 0,
  outputs = 1,
  signatureKey = 2,
  subgraphIndex = 4,
}

export enum TensorMap {
  name = 0,
  tensorIndex = 1,
}

/** Types of tensors, by the schema's numbers. */
export const tensorTypes = [
  'float32',
  'float16',
  'int32',
  'uint8',
  'int64',
  'string',
  'bool',
  'int16',
  'complex64',
  'int8',
  'float64',
  'complex128',
  'uint64',
  'resource',
  'variant',
  'uint32',
  'uint16',
  'int4',
  'bfloat16',
] as const;

/** Types of the numbers of a tensor. */
export type TensorType = (typeof tensorTypes)[number];

/** What the schema calls an activation fused into an operator. */
export const fusedActivations = { none: 0, relu: 1, reluN1To1: 2, relu6: 3 } as const;

export type FusedActivation = keyof typeof fusedActivations;
