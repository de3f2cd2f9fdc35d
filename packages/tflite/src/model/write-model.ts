import type { FlatTable } from '@nearkin/core';
import { createFlatWriter, type FlatWriter, type Place, placesOf, tooLarge } from './flat-writer.js';
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
  readonly description: string;
  /** Replaces or adds entries of `Model.metadata`, by name. */
  readonly metadata: ReadonlyMap<string, Uint8Array>;
  /** What signatures call the output. */
  readonly outputName: string;
}

const names = new TextEncoder();

/**
 * Writes a model, from nothing or behind an older one: only the tables `Model`, `SubGraph` and their lists are built
 * anew, and point into the older file for everything that it had.
 *
 * @throws {NearkinError} `TOO_LARGE` over 2 GB
 */
export function writeModel(graph: NewGraph, options: WriteModelOptions): Uint8Array {
  const { base, metadata } = options;
  const writer = createFlatWriter(capacityOf(graph, options));
  const place = base ? writer.tail(base.bytes) : () => 0;
  const buffers = base
    ? placesOf(base.root.tables(Model.buffers), place)
    : // Buffer 0 stands for "no data".
      [writer.table([])];
  const addBuffer = (bytes: Uint8Array): number => {
    const data = writer.bytes(bytes);
    return buffers.push(writer.table([[Buffer.data, 'place', data]])) - 1;
  };
  const tensors = base ? placesOf(base.subgraph.tables(SubGraph.tensors), place) : [];
  for (const tensor of graph.tensors) tensors.push(writeTensor(writer, tensor, addBuffer));

  const codes = base ? placesOf(base.root.tables(Model.operatorCodes), place) : [];
  const codeOf = new Map<string, number>();
  const operatorCode = ({ op, version = opCodes[op].version }: NewOperator): number => {
    const key = `${op} ${version}`;
    const known = codeOf.get(key);
    if (known !== undefined) return known;
    const index = codes.push(writeOperatorCode(writer, opCodes[op].code, version)) - 1;
    codeOf.set(key, index);
    return index;
  };
  const oldOperators = base ? placesOf(base.subgraph.tables(SubGraph.operators), place) : [];
  const operators = options.keep?.map((index) => oldOperators[index]!) ?? oldOperators;
  for (const operator of graph.operators) operators.push(writeOperator(writer, operator, operatorCode(operator)));

  const oldEntries = base ? base.metadata.map((entry, i) => ({ ...entry, i })) : [];
  const entries: Place[] = [];
  for (const { name, i } of oldEntries)
    if (!metadata.has(name)) entries.push(place(base!.root.tables(Model.metadata).at(i).position));
  for (const [name, bytes] of metadata) {
    // The older entry's buffer is taken over, so that nothing unused stays in the list.
    const old = oldEntries.find((entry) => entry.name === name)?.buffer;
    const index = addBuffer(bytes);
    if (old !== undefined) buffers[old] = buffers.pop()!;
    entries.push(writeNamed(writer, { name, index: old ?? index }));
  }

  const inputs = graph.inputs ?? base?.inputs ?? [];
  const subgraph = writeSubGraph(writer, { tensors, operators, inputs, outputs: graph.outputs, name: base?.subgraph });
  const oldSignatures = base?.root.tables(Model.signatureDefs);
  const signatures: Place[] = [];
  for (let i = 0; oldSignatures && i < oldSignatures.length; i++)
    signatures.push(
      writeSignature(writer, oldSignatures.at(i), { place, output: graph.outputs[0]!, name: options.outputName }),
    );
  const oldMetadataBuffer = base?.root.numbers(Model.metadataBuffer, 'int32');
  const lists = {
    codes: writer.places(codes),
    subgraphs: writer.places([subgraph]),
    description: writer.text(options.description),
    buffers: writer.places(buffers),
    entries: entries.length > 0 ? writer.places(entries) : undefined,
    signatures: signatures.length > 0 ? writer.places(signatures) : undefined,
  };
  const root = writer.table([
    [Model.version, 'uint32', schemaVersion],
    [Model.operatorCodes, 'place', lists.codes],
    [Model.subgraphs, 'place', lists.subgraphs],
    [Model.description, 'place', lists.description],
    [Model.buffers, 'place', lists.buffers],
    [Model.metadataBuffer, 'place', oldMetadataBuffer?.position ? place(oldMetadataBuffer.position) : undefined],
    [Model.metadata, 'place', lists.entries],
    [Model.signatureDefs, 'place', lists.signatures],
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
    [Operator.builtinOptionsType, 'int8', options === undefined ? 0 : opCodes[operator.op].options],
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

function writeSubGraph(
  writer: FlatWriter,
  parts: {
    tensors: readonly Place[];
    operators: readonly Place[];
    inputs: readonly number[];
    outputs: readonly number[];
    name: { text(slot: number): string | undefined } | undefined;
  },
): Place {
  const tensors = writer.places(parts.tensors);
  const inputs = writer.int32s(parts.inputs);
  const outputs = writer.int32s(parts.outputs);
  const operators = writer.places(parts.operators);
  const name = writer.text(parts.name?.text(SubGraph.name) || 'main');
  return writer.table([
    [SubGraph.tensors, 'place', tensors],
    [SubGraph.inputs, 'place', inputs],
    [SubGraph.outputs, 'place', outputs],
    [SubGraph.operators, 'place', operators],
    [SubGraph.name, 'place', name],
  ]);
}

/** The same signature with the one new output. */
function writeSignature(
  writer: FlatWriter,
  old: FlatTable,
  { place, output, name }: { place: (position: number) => Place; output: number; name: string },
): Place {
  const inputs = old.tables(SignatureDef.inputs).position;
  const text = writer.text(name);
  const map = writer.table([
    [TensorMap.name, 'place', text],
    [TensorMap.tensorIndex, 'uint32', output],
  ]);
  const outputs = writer.places([map]);
  const key = writer.text(old.text(SignatureDef.signatureKey) ?? '');
  return writer.table([
    [SignatureDef.inputs, 'place', inputs === 0 ? undefined : place(inputs)],
    [SignatureDef.outputs, 'place', outputs],
    [SignatureDef.signatureKey, 'place', key],
    [SignatureDef.subgraphIndex, 'uint32', old.number(SignatureDef.subgraphIndex, 'uint32')],
  ]);
}
