import { type FlatTable, NearkinError, openFlatBuffer } from '@nearkin/core';
import { badModel } from '../models/weight-specs.js';

/**
 * What an embedder needs to know of a `.tflite` file. Slots are the fields' places in the tables of the schema.
 *
 * @source TensorFlow Lite, schema.fbs, version 3; TFLite Support, metadata_schema.fbs, version 1.5
 */
export interface TfliteFile {
  readonly input: TfliteTensor;
  readonly outputs: readonly TfliteTensor[];
  /** The tensor that is the embedding, by name, or by rule: what a classifier head at the end reads, else the output. */
  embedding(layer: string | undefined): TfliteTensor;
  /** As TFLite metadata states it. */
  readonly normalization: { readonly mean: readonly number[]; readonly std: readonly number[] } | undefined;
  /** A copy of the file whose first output is the given tensor. */
  withOutput(tensor: TfliteTensor): Uint8Array;
}

export interface TfliteTensor {
  readonly index: number;
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: 'float32' | 'uint8' | 'other';
  readonly typeName: string;
  readonly scale: number | undefined;
  readonly zeroPoint: number;
}

const modelSlots = { codes: 1, subgraphs: 2, buffers: 4, metadata: 6, signatures: 7 };
const graphSlots = { tensors: 0, inputs: 1, outputs: 2, operators: 3 };
const tensorSlots = { shape: 0, type: 1, name: 3, quantization: 4 };
const typeNames = ['float32', 'float16', 'int32', 'uint8', 'int64', 'string', 'bool', 'int16', 'complex64', 'int8'];

const conv2d = 3;
const fullyConnected = 9;
/** SOFTMAX, LOGISTIC, LOG_SOFTMAX: what ends with them is a classifier. */
const probabilities = new Set([25, 14, 50]);
/** RESHAPE, SQUEEZE, DEQUANTIZE, QUANTIZE. */
const passing = new Set([22, 43, 6, 114]);

/** More steps from the end than any classifier head has. */
const maxSteps = 16;

/** @throws {NearkinError} `BAD_FORMAT`, `BAD_MODEL`, `UNSUPPORTED` for several subgraphs */
export function readTfliteFile(bytes: Uint8Array, where: string): TfliteFile {
  const root = openFlatBuffer(bytes, { identifier: 'TFL3', what: where });
  const subgraphs = root.tables(modelSlots.subgraphs);
  if (subgraphs.length !== 1)
    throw new NearkinError('UNSUPPORTED', `${where}: expected one subgraph, got ${subgraphs.length}.`, {
      details: { subgraphs: subgraphs.length },
    });
  const graph = subgraphs.at(0);
  const tensors = graph.tables(graphSlots.tensors);
  const tensor = (index: number): TfliteTensor => readTensor(tensors.at(index), index, where);
  const list = (slot: number) => {
    const items = graph.numbers(slot, 'int32');
    return Array.from({ length: Math.min(items.length, 64) }, (_, i) => tensor(items.at(i)));
  };
  const inputs = list(graphSlots.inputs);
  const outputs = list(graphSlots.outputs);
  if (inputs.length !== 1) throw badModel(where, `expected one picture input, got ${inputs.length} inputs`);
  if (outputs.length === 0) throw badModel(where, 'it has no output');
  return {
    input: inputs[0]!,
    outputs,
    embedding(layer) {
      if (layer !== undefined) return findTensor(tensors, layer, { where, outputs });
      if (outputs.length > 1)
        throw new NearkinError(
          'INVALID_ARGUMENT',
          `${where} has the outputs ${outputs.map(({ name }) => name).join(', ')}; name one as layer.`,
        );
      const found = headInput(root, graph, { output: outputs[0]!.index, tensor });
      return found === undefined ? outputs[0]! : tensor(found);
    },
    normalization: readNormalization(root, where),
    withOutput: (wanted) => patchOutput(bytes, root, { graph, index: wanted.index, where }),
  };
}

function readTensor(table: FlatTable, index: number, where: string): TfliteTensor {
  const shape = table.numbers(tensorSlots.shape, 'int32');
  if (shape.length > 8) throw badModel(where, `tensor ${index} has ${shape.length} dimensions`);
  const code = table.number(tensorSlots.type, 'int8');
  const quantization = table.table(tensorSlots.quantization);
  const scales = quantization?.numbers(2, 'float32');
  const zeroPoints = quantization?.numbers(3, 'int64');
  const typeName = typeNames[code] ?? `type ${code}`;
  return {
    index,
    name: table.text(tensorSlots.name) ?? '',
    shape: Array.from({ length: shape.length }, (_, i) => shape.at(i)),
    type: typeName === 'float32' || typeName === 'uint8' ? typeName : 'other',
    typeName,
    scale: scales && scales.length === 1 ? scales.at(0) : undefined,
    zeroPoint: zeroPoints && zeroPoints.length > 0 ? zeroPoints.at(0) : 0,
  };
}

function findTensor(
  tensors: { readonly length: number; at(index: number): FlatTable },
  layer: string,
  { where, outputs }: { where: string; outputs: readonly TfliteTensor[] },
): TfliteTensor {
  const size = new TextEncoder().encode(layer).length;
  for (let i = 0; i < tensors.length; i++) {
    const table = tensors.at(i);
    // Long names are not decoded for nothing.
    if (table.bytes(tensorSlots.name)?.length === size && table.text(tensorSlots.name) === layer)
      return readTensor(table, i, where);
  }
  const names = outputs.map(({ name }) => name);
  throw new NearkinError(
    'UNKNOWN_LAYER',
    `${where} has no tensor ${JSON.stringify(layer)}; its outputs are ${names.join(', ')}.`,
    { details: { layer, candidates: names } },
  );
}

/** What the fully connected layer or 1x1 convolution before the probabilities reads. */
function headInput(
  root: FlatTable,
  graph: FlatTable,
  { output, tensor }: { output: number; tensor: (index: number) => TfliteTensor },
): number | undefined {
  const operators = graph.tables(graphSlots.operators);
  const codes = root.tables(modelSlots.codes);
  const maker = (wanted: number): { code: number; inputs: FlatTable } | undefined => {
    for (let i = operators.length - 1; i >= 0; i--) {
      const operator = operators.at(i);
      const outputs = operator.numbers(2, 'int32');
      if (outputs.length !== 1 || outputs.at(0) !== wanted) continue;
      const code = codes.at(operator.number(0, 'uint32'));
      return { code: Math.max(code.number(0, 'int8'), code.number(3, 'int32')), inputs: operator };
    }
    return undefined;
  };
  let at = output;
  let isClassifier = false;
  for (let step = 0; step < maxSteps; step++) {
    const made = maker(at);
    const inputs = made?.inputs.numbers(1, 'int32');
    if (!made || !inputs || inputs.length === 0) return undefined;
    const isHead = made.code === fullyConnected || made.code === conv2d;
    if (isHead) {
      const weights = inputs.length > 1 ? tensor(inputs.at(1)).shape : [];
      const isPointwise = made.code === fullyConnected || (weights[1] === 1 && weights[2] === 1);
      return isClassifier && isPointwise ? inputs.at(0) : undefined;
    }
    if (probabilities.has(made.code)) isClassifier = true;
    else if (!passing.has(made.code)) return undefined;
    at = inputs.at(0);
  }
  return undefined;
}

function readNormalization(root: FlatTable, where: string): TfliteFile['normalization'] {
  const entries = root.tables(modelSlots.metadata);
  for (let i = 0; i < Math.min(entries.length, 64); i++) {
    const entry = entries.at(i);
    if (entry.text(0) !== 'TFLITE_METADATA') continue;
    const bytes = root.tables(modelSlots.buffers).at(entry.number(1, 'uint32')).bytes(0);
    if (!bytes) continue;
    const metadata = openFlatBuffer(bytes, { identifier: 'M001', what: `${where} (metadata)` });
    const subgraphs = metadata.tables(3);
    const inputs = subgraphs.length > 0 ? subgraphs.at(0).tables(2) : undefined;
    const units = inputs && inputs.length > 0 ? inputs.at(0).tables(4) : undefined;
    for (let u = 0; units && u < Math.min(units.length, 64); u++) {
      const options = units.at(u).number(0, 'uint8') === 1 ? units.at(u).table(1) : undefined;
      if (!options) continue;
      const numbers = (slot: number) => {
        const list = options.numbers(slot, 'float32');
        return Array.from({ length: Math.min(list.length, 4) }, (_, k) => list.at(k));
      };
      return { mean: numbers(0), std: numbers(1) };
    }
  }
  return undefined;
}

function patchOutput(
  bytes: Uint8Array,
  root: FlatTable,
  { graph, index, where }: { graph: FlatTable; index: number; where: string },
): Uint8Array {
  const out = bytes.slice();
  const view = new DataView(out.buffer);
  view.setInt32(graph.numbers(graphSlots.outputs, 'int32').position + 4, index, true);
  const signatures = root.tables(modelSlots.signatures);
  if (signatures.length === 0) return out;
  // Runtimes ask the first signature for its outputs.
  const map = signatures.at(0).tables(1);
  if (map.length === 0) return out;
  const place = fieldPlace(view, map.at(0), 1);
  if (place === undefined)
    throw new NearkinError(
      'UNSUPPORTED',
      `${where}: another output cannot be chosen because of how its signature is written; give a model whose output is the embedding.`,
    );
  view.setUint32(place, index, true);
  return out;
}

/** Where a field that the reader has accepted stands. */
function fieldPlace(view: DataView, table: FlatTable, slot: number): number | undefined {
  if (!table.has(slot)) return undefined;
  const vtable = table.position - view.getInt32(table.position, true);
  return table.position + view.getUint16(vtable + 4 + 2 * slot, true);
}
