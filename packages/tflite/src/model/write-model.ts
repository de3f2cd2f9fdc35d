import { createFlatWriter, type Field, type FlatWriter, type Place, tooLarge } from './flat-writer.js';
import type { NewGraph, NewOperator, NewTensor } from './graph.js';
import { opCodes } from './op-codes.js';
import { maxModelBytes, type TfliteModel } from './read-model.js';
import {
  Buffer,
  Metadata,
  Model,
  modelIdentifier,
  Operator,
  OperatorCode,
  Quantization,
  SignatureDef,
  SubGraph,
  schemaVersion,
  Tensor,
  TensorMap,
  tensorTypes,
} from './schema.js';
import { writeOptions } from './write-options.js';

export interface WriteModelOptions {
  /** The model that the graph is appended to; its bytes stay as they are, as the tail of the new file. */
  readonly base?: TfliteModel | undefined;
  /** Operators of the base to keep, in order; undefined: all. */
  readonly keep?: readonly number[] | undefined;
  /** Undefined: the base's. */
  readonly description?: string | undefined;
  /** Replaces or adds entries of `Model.metadata`, by name. */
  readonly metadata: ReadonlyMap<string, Uint8Array>;
  /** What signatures call the one output; undefined: signatures stay as they are. */
  readonly outputName?: string | undefined;
}

const names = new TextEncoder();

/**
 * Writes a model, from nothing or behind an older one: only the tables `Model`, `SubGraph` and their lists are built
 * anew, and point into the older file for everything that it had.
 *
 * @throws {NearkinError} `TOO_LARGE` over 2 GB
 */
export function writeModel(graph: NewGraph, options: WriteModelOptions): Uint8Array {
  const { base, metadata, outputName } = options;
  const writer = createFlatWriter(capacityOf(graph, options));
  if (base) writer.tail(base.bytes);
  const old = (slot: Model) => writer.placesOf(base?.root.tables(slot));
  const buffers = base
    ? old(Model.buffers)
    : // Buffer 0 stands for "no data".
      [writer.table([])];
  const addBuffer = (bytes: Uint8Array): number => {
    const data = writer.bytes(bytes);
    return buffers.push(writer.table([[Buffer.data, 'place', data]])) - 1;
  };
  const tensors = writer.placesOf(base?.subgraph.tables(SubGraph.tensors));
  for (const tensor of graph.tensors) tensors.push(writeTensor(writer, tensor, addBuffer));

  const codes = old(Model.operatorCodes);
  const codeOf = new Map<string, number>();
  const operatorCode = ({ op, version = 1 }: NewOperator): number => {
    const key = `${op} ${version}`;
    const known = codeOf.get(key);
    if (known !== undefined) return known;
    const index = codes.push(writeOperatorCode(writer, opCodes[op][0], version)) - 1;
    codeOf.set(key, index);
    return index;
  };
  const oldOperators = writer.placesOf(base?.subgraph.tables(SubGraph.operators));
  const operators = options.keep?.map((index) => oldOperators[index]!) ?? oldOperators;
  for (const operator of graph.operators) operators.push(writeOperator(writer, operator, operatorCode(operator)));

  const entries = old(Model.metadata).filter((_, i) => !metadata.has(base!.metadata[i]!.name));
  for (const [name, bytes] of metadata) {
    const added = addBuffer(bytes);
    // The older entry's buffer is taken over, so that nothing unused stays in the list; buffer 0 is everybody's.
    const index = base?.metadata.find((known) => known.name === name)?.buffer || added;
    if (index !== added) buffers[index] = buffers.pop()!;
    entries.push(writeNamed(writer, { name, index }));
  }

  const subgraph = writer.table([
    [SubGraph.tensors, 'place', writer.places(tensors)],
    [SubGraph.inputs, 'place', writer.int32s(graph.inputs ?? base?.inputs ?? [])],
    [SubGraph.outputs, 'place', writer.int32s(graph.outputs)],
    [SubGraph.operators, 'place', writer.places(operators)],
    [SubGraph.name, 'place', writer.text(base?.subgraph.text(SubGraph.name) || 'main')],
  ]);
  const signatures =
    outputName === undefined ? [] : writeSignatures(writer, { base, output: graph.outputs[0]!, outputName });
  const root = writer.tableLike(base?.root, Model.signatureDefs, [
    [Model.version, 'uint32', schemaVersion],
    [Model.operatorCodes, 'place', writer.places(codes)],
    [Model.subgraphs, 'place', writer.places([subgraph])],
    [Model.description, 'place', writer.text(options.description ?? base?.description ?? '')],
    [Model.buffers, 'place', writer.places(buffers)],
    [Model.metadata, 'place', entries.length > 0 ? writer.places(entries) : undefined],
    ...signatures,
  ]);
  return writer.finish(root, modelIdentifier);
}

/** Bytes enough for everything that has a size worth mentioning. */
function capacityOf({ tensors, operators }: NewGraph, { base, metadata }: WriteModelOptions): number {
  let total = 4096 + 512 * operators.length;
  if (base) total += base.bytes.length + 4 * (base.tensorCount + base.operatorCount) + 16;
  if (base) total += 4 * base.root.tables(Model.buffers).length + 64 * base.metadata.length;
  for (const { data, name, scales } of tensors)
    total += 256 + names.encode(name).length + (data?.byteLength ?? 0) + 12 * (scales?.length ?? 0);
  for (const bytes of metadata.values()) total += 256 + bytes.length;
  if (total > maxModelBytes) throw tooLarge(total);
  return total;
}

function writeTensor(writer: FlatWriter, tensor: NewTensor, addBuffer: (bytes: Uint8Array) => number): Place {
  const { data, scales } = tensor;
  const buffer = data ? addBuffer(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)) : 0;
  let quantization: Place | undefined;
  if (scales) {
    const scale = writer.float32s(scales);
    const zeroPoint = writer.int64s(new Uint8Array(scales.length));
    quantization = writer.table([
      [Quantization.scale, 'place', scale],
      [Quantization.zeroPoint, 'place', zeroPoint],
    ]);
  }
  const shape = writer.int32s(tensor.shape.map((side) => (side === -1 ? 1 : side)));
  const signature = tensor.shape.includes(-1) ? writer.int32s(tensor.shape) : undefined;
  const name = writer.text(tensor.name);
  return writer.table([
    [Tensor.shape, 'place', shape],
    [Tensor.type, 'int8', tensorTypes.indexOf(tensor.type ?? 'float32')],
    [Tensor.buffer, 'uint32', buffer],
    [Tensor.name, 'place', name],
    [Tensor.quantization, 'place', quantization],
    [Tensor.shapeSignature, 'place', signature],
  ]);
}

function writeOperatorCode(writer: FlatWriter, code: number, version: number): Place {
  return writer.table([
    // Readers from before 2020 look here; what does not fit says "look at the other field".
    [OperatorCode.deprecatedBuiltinCode, 'int8', Math.min(code, 127)],
    [OperatorCode.version, 'int32', version],
    [OperatorCode.builtinCode, 'int32', code],
  ]);
}

function writeOperator(writer: FlatWriter, operator: NewOperator, code: number): Place {
  const options = writeOptions(writer, operator);
  const inputs = writer.int32s(operator.inputs);
  const outputs = writer.int32s(operator.outputs);
  return writer.table([
    [Operator.opcodeIndex, 'uint32', code],
    [Operator.inputs, 'place', inputs],
    [Operator.outputs, 'place', outputs],
    [Operator.builtinOptionsType, 'int8', options === undefined ? 0 : opCodes[operator.op][1]],
    [Operator.builtinOptions, 'place', options],
  ]);
}

function writeNamed(writer: FlatWriter, { name, index }: { name: string; index: number }): Place {
  const text = writer.text(name);
  return writer.table([
    [Metadata.name, 'place', text],
    [Metadata.buffer, 'uint32', index],
  ]);
}

/** The same signatures with the one new output. */
function writeSignatures(
  writer: FlatWriter,
  { base, output, outputName }: { base: TfliteModel | undefined; output: number; outputName: string },
): Field[] {
  const old = base?.root.tables(Model.signatureDefs);
  if (!old?.length) return [];
  const text = writer.text(outputName);
  const map = writer.table([
    [TensorMap.name, 'place', text],
    [TensorMap.tensorIndex, 'uint32', output],
  ]);
  const outputs = writer.places([map]);
  const signatures = Array.from({ length: old.length }, (_, i) =>
    writer.tableLike(old.at(i), SignatureDef.signatureKey, [
      [SignatureDef.outputs, 'place', outputs],
      [SignatureDef.subgraphIndex, 'uint32', old.at(i).number(SignatureDef.subgraphIndex, 'uint32')],
    ]),
  );
  return [[Model.signatureDefs, 'place', writer.places(signatures)]];
}
