import { type FlatTable, NearkinError, openFlatBuffer } from '@nearkin/core';
import { opNames } from './op-codes.js';
import {
  Buffer,
  Metadata,
  Model,
  modelIdentifier,
  Operator,
  OperatorCode,
  Quantization,
  SubGraph,
  schemaVersion,
  Tensor,
  type TensorType,
  tensorTypes,
} from './schema.js';

/** One tensor as the file describes it. */
export interface TfliteTensor {
  readonly index: number;
  readonly name: string;
  /** -1 where the file leaves a side open. */
  readonly shape: readonly number[];
  readonly type: TensorType;
  /** The buffer with its constant; 0 for none. */
  readonly buffer: number;
  /** Real value = scale x (stored - zeroPoint); undefined when the tensor states no scale. */
  readonly quantization?: { readonly scale: number; readonly zeroPoint: number; readonly channels: number } | undefined;
}

/** One operator: its name (or number, or custom name) and the tensors that it connects; -1 stands for one left out. */
export interface TfliteOperator {
  readonly name: string;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

/** A model file of one subgraph, checked. Tensors and operators are read when they are asked for. */
export interface TfliteModel {
  /** The file up to where associated files begin. */
  readonly bytes: Uint8Array;
  readonly description: string;
  readonly tensorCount: number;
  readonly operatorCount: number;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** Names of metadata entries and the buffers that hold them. */
  readonly metadata: readonly { readonly name: string; readonly buffer: number }[];
  readonly root: FlatTable;
  readonly subgraph: FlatTable;
  tensor(index: number): TfliteTensor;
  operator(index: number): TfliteOperator;
  /** The bytes of a buffer; empty for one without data. */
  buffer(index: number): Uint8Array;
}

/** Tensors have at most this many dimensions; runtimes have kernels for 5 or 6. */
const maxRank = 8;
/** What 32-bit signed offsets reach. */
export const maxModelBytes = 2 ** 31 - 1;

/**
 * Opens a `.tflite` model and checks that every reference in it leads somewhere: tensors, operators, buffers.
 *
 * @throws {NearkinError} `BAD_FORMAT` for something else or a damaged file, `UNSUPPORTED_VERSION`, `UNSUPPORTED` for
 *   several subgraphs or weights outside of the file, `TOO_LARGE` over 2 GB
 */
export function readModel(bytes: Uint8Array, what = 'The model'): TfliteModel {
  if (bytes.length > maxModelBytes)
    throw new NearkinError('TOO_LARGE', `${what} has ${bytes.length} bytes; a .tflite file has at most 2 GB.`, {
      details: { bytes: bytes.length, limit: maxModelBytes },
    });
  const root = openFlatBuffer(bytes, { identifier: modelIdentifier, what });
  const version = root.number(Model.version, 'uint32');
  if (version !== schemaVersion)
    throw new NearkinError('UNSUPPORTED_VERSION', `${what}: expected schema ${schemaVersion}, got ${version}.`, {
      details: { version },
    });
  const subgraphs = root.tables(Model.subgraphs);
  if (subgraphs.length !== 1)
    throw new NearkinError(
      'UNSUPPORTED',
      `${what}: expected one subgraph, got ${subgraphs.length}; convert it without control flow and with one signature.`,
      { details: { subgraphs: subgraphs.length } },
    );
  if (root.tables(Model.externalBuffers).length > 0 || root.tables(Model.externalBufferGroups).length > 0)
    throw externalBuffers(what);
  const subgraph = subgraphs.at(0);
  const [tensors, operators, buffers, codes] = [
    subgraph.tables(SubGraph.tensors),
    subgraph.tables(SubGraph.operators),
    root.tables(Model.buffers),
    root.tables(Model.operatorCodes),
  ];
  const bad = (reason: string) => new NearkinError('BAD_FORMAT', `${what} is damaged: ${reason}.`);
  // Parts may share bytes; a file that lists more than it has room for is made to keep a reader busy.
  let budget = bytes.length;
  const pay = (bytesRead: number) => {
    budget -= bytesRead;
    if (budget < 0) throw bad('its lists and names are longer than the file');
  };
  const text = (table: FlatTable, slot: number): string => {
    pay(table.bytes(slot)?.length ?? 0);
    return table.text(slot) ?? '';
  };
  const indices = (table: FlatTable, slot: number, options: { optional: boolean }): number[] => {
    const list = table.numbers(slot, 'int32');
    pay(4 * list.length);
    return Array.from({ length: list.length }, (_, i) => {
      const index = list.at(i);
      if (index >= tensors.length || index < (options.optional ? -1 : 0))
        throw bad(`tensor ${index} of ${tensors.length} is named`);
      return index;
    });
  };

  const tensor = (index: number): TfliteTensor => {
    const table = tensors.at(index);
    const shape = table.numbers(Tensor.shape, 'int32');
    const signature = table.numbers(Tensor.shapeSignature, 'int32');
    const type = tensorTypes[table.number(Tensor.type, 'int8')];
    const buffer = table.number(Tensor.buffer, 'uint32');
    if (shape.length > maxRank || signature.length > maxRank)
      throw bad(`tensor ${index} has ${shape.length} dimensions`);
    if (!type) throw bad(`tensor ${index} has a type that is not known`);
    if (buffer >= buffers.length) throw bad(`tensor ${index} names buffer ${buffer} of ${buffers.length}`);
    const sides = signature.length === shape.length ? signature : shape;
    return {
      index,
      name: text(table, Tensor.name),
      shape: Array.from({ length: sides.length }, (_, i) => {
        if (sides.at(i) < -1) throw bad(`tensor ${index} has a side of ${sides.at(i)}`);
        return sides.at(i);
      }),
      type,
      buffer,
      quantization: quantizationOf(table.table(Tensor.quantization)),
    };
  };
  const operator = (index: number): TfliteOperator => {
    const table = operators.at(index);
    const code = table.number(Operator.opcodeIndex, 'uint32');
    if (code >= codes.length) throw bad(`operator ${index} names operator code ${code} of ${codes.length}`);
    return {
      name: operatorName(codes.at(code), text),
      inputs: indices(table, Operator.inputs, { optional: true }),
      outputs: indices(table, Operator.outputs, { optional: false }),
    };
  };
  const buffer = (index: number): Uint8Array => {
    if (index >= buffers.length) throw bad(`buffer ${index} of ${buffers.length} is named`);
    return buffers.at(index).bytes(Buffer.data) ?? new Uint8Array(0);
  };

  const entries = root.tables(Model.metadata);
  for (const { length } of [tensors, operators, buffers, codes, entries]) pay(4 * length);
  for (let i = 0; i < buffers.length; i++) {
    const table = buffers.at(i);
    if (table.number(Buffer.offset, 'uint64') > 0) throw externalBuffers(what);
    table.bytes(Buffer.data);
  }
  for (let i = 0; i < tensors.length; i++) tensor(i);
  for (let i = 0; i < operators.length; i++) {
    if (operators.at(i).number(Operator.largeCustomOptionsOffset, 'uint64') > 0) throw externalBuffers(what);
    operator(i);
  }
  const inputs = indices(subgraph, SubGraph.inputs, { optional: false });
  const outputs = indices(subgraph, SubGraph.outputs, { optional: false });
  if (outputs.length === 0) throw bad('it has no output');
  const metadata = Array.from({ length: entries.length }, (_, i) => {
    const entry = entries.at(i);
    const index = entry.number(Metadata.buffer, 'uint32');
    if (index >= buffers.length) throw bad(`metadata ${i} names buffer ${index} of ${buffers.length}`);
    return { name: text(entry, Metadata.name), buffer: index };
  });
  const description = text(root, Model.description);
  // What is read again later was paid for here.
  budget = Number.POSITIVE_INFINITY;
  return {
    bytes,
    description,
    tensorCount: tensors.length,
    operatorCount: operators.length,
    inputs,
    outputs,
    metadata,
    root,
    subgraph,
    tensor,
    operator,
    buffer,
  };
}

function quantizationOf(table: FlatTable | undefined): TfliteTensor['quantization'] {
  const scales = table?.numbers(Quantization.scale, 'float32');
  if (!table || !scales || scales.length === 0) return undefined;
  const zeroPoints = table.numbers(Quantization.zeroPoint, 'int64');
  return {
    scale: scales.at(0),
    zeroPoint: zeroPoints.length > 0 ? zeroPoints.at(0) : 0,
    channels: scales.length,
  };
}

/** Old files have the number in a byte; newer operators do not fit into it. */
export function operatorCode(table: FlatTable): number {
  return Math.max(
    table.number(OperatorCode.deprecatedBuiltinCode, 'int8'),
    table.number(OperatorCode.builtinCode, 'int32'),
  );
}

function operatorName(table: FlatTable, text: (table: FlatTable, slot: number) => string): string {
  const code = operatorCode(table);
  const name = opNames.get(code) ?? `operator ${code}`;
  return name === 'CUSTOM' ? text(table, OperatorCode.customCode) || name : name;
}

function externalBuffers(what: string): NearkinError {
  return new NearkinError(
    'UNSUPPORTED',
    `${what} keeps weights outside of its tables (a model over 2 GB, or in several files); convert it to one file below 2 GB.`,
  );
}
