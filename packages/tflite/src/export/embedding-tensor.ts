import { NearkinError } from '@nearkin/core';
import type { GraphBuilder } from '../model/graph.js';
import type { TfliteModel, TfliteTensor } from '../model/read-model.js';

/** Pictures are at most so many tensors away from being shown in a message. */
const maxCandidates = 6;

/**
 * The tensor of the base model that is the embedding.
 *
 * @param options.embedding its name or index; left out: the model's only output
 * @throws {NearkinError} `UNKNOWN_LAYER`, `UNSUPPORTED` for several outputs, `DIMENSION_MISMATCH`
 */
export function embeddingTensor(
  model: TfliteModel,
  options: { readonly embedding: string | number | undefined; readonly dim: number },
): TfliteTensor {
  const { embedding, dim } = options;
  const tensor = embedding === undefined ? onlyOutput(model) : findTensor(model, embedding);
  const size = widthOf(tensor);
  if (size === dim) return tensor;
  const candidates = candidatesOf(model, dim);
  throw new NearkinError(
    'DIMENSION_MISMATCH',
    `The classifier was built on ${dim}-d embeddings, but ${JSON.stringify(tensor.name)} of the base model gives ${size}. ${
      candidates.length > 0
        ? `Tensors with ${dim} numbers: ${candidates.join(', ')}; name the right one as embedding.`
        : 'Give the .tflite of the embedder that made the gallery.'
    }`,
    { details: { expected: dim, received: size, candidates } },
  );
}

/** Adds what brings the embedding to float32 rows `[batch, dim]`: dequantisation, the mean over a map, a reshape. */
export function floatEmbedding(graph: GraphBuilder, tensor: TfliteTensor, dim: number): number {
  const { shape } = tensor;
  const batch = shape.length > 1 ? shape[0]! : 1;
  let at = tensor.index;
  if (tensor.type !== 'float32') {
    assertQuantization(tensor);
    // Older readers know the operator for 8-bit integers, newer ones for others too.
    const version = tensor.type === 'int8' ? 2 : tensor.type === 'uint8' ? 1 : 3;
    at = graph.apply('DEQUANTIZE', [at], { name: 'nearkin/embedding', shape }, { version });
  }
  if (shape.length === 4 && shape[1]! * shape[2]! !== 1) {
    const axes = graph.constant('nearkin/axes', [2], Int32Array.of(1, 2));
    return graph.apply('MEAN', [at, axes], { name: 'nearkin/pooled', shape: [batch, dim] });
  }
  if (shape.length !== 2) {
    const target = graph.constant('nearkin/vector_shape', [2], Int32Array.of(-1, dim));
    const name = 'nearkin/vector';
    return graph.apply('RESHAPE', [at, target], { name, shape: [batch, dim] }, { shape: [-1, dim] });
  }
  return at;
}

/** Operators that the tensor is computed from, in the model's order. */
export function operatorsFor(model: TfliteModel, tensor: number): number[] {
  const needed = new Set([tensor]);
  const kept: number[] = [];
  for (let i = model.operatorCount - 1; i >= 0; i--) {
    const { inputs, outputs } = model.operator(i);
    if (!outputs.some((output) => needed.has(output))) continue;
    kept.push(i);
    for (const input of inputs) needed.add(input);
  }
  return kept.reverse();
}

function onlyOutput(model: TfliteModel): TfliteTensor {
  const outputs = model.outputs.map((index) => model.tensor(index));
  if (outputs.length === 1) return outputs[0]!;
  const names = outputs.slice(0, maxCandidates).map(({ name }) => name);
  throw new NearkinError(
    'UNSUPPORTED',
    `The base model has ${outputs.length} outputs (${names.join(', ')}, …); name one as embedding.`,
    { details: { outputs: names } },
  );
}

function findTensor(model: TfliteModel, wanted: string | number): TfliteTensor {
  if (typeof wanted === 'number') {
    if (Number.isInteger(wanted) && wanted >= 0 && wanted < model.tensorCount) return model.tensor(wanted);
  } else {
    for (let i = 0; i < model.tensorCount; i++) {
      const tensor = model.tensor(i);
      if (tensor.name === wanted) return tensor;
    }
  }
  const outputs = model.outputs.slice(0, maxCandidates).map((index) => model.tensor(index).name);
  throw new NearkinError(
    'UNKNOWN_LAYER',
    `The base model has no tensor ${JSON.stringify(wanted)}; its output is ${outputs.join(', ')}.`,
    { details: { embedding: wanted, outputs } },
  );
}

/** Numbers for each picture; maps are averaged over their sides. 0 for what cannot be an embedding. */
function widthOf({ shape, type }: TfliteTensor): number {
  const isNumber = ['float32', 'float16', 'uint8', 'int8', 'int16'].includes(type);
  if (!isNumber || shape.length === 0) return 0;
  if (shape.length === 1 || shape.length === 2 || shape.length === 4) return Math.max(0, shape.at(-1)!);
  return shape.slice(1, -1).every((side) => side === 1) ? Math.max(0, shape.at(-1)!) : 0;
}

/** Computed tensors of the right width, the last ones first: an embedding stands near the end. */
function candidatesOf(model: TfliteModel, dim: number): string[] {
  const names: string[] = [];
  for (let i = model.operatorCount - 1; i >= 0 && names.length < maxCandidates; i--)
    for (const output of model.operator(i).outputs) {
      const tensor = model.tensor(output);
      if (widthOf(tensor) === dim) names.push(tensor.name);
    }
  return names;
}

function assertQuantization({ name, type, quantization }: TfliteTensor): void {
  if (type === 'float16') return;
  const scale = quantization?.scale ?? 0;
  if (Number.isFinite(scale) && scale > 0 && quantization?.channels === 1) return;
  throw new NearkinError(
    'BAD_MODEL',
    `The embedding ${JSON.stringify(name)} of the base model is ${type} but states no scale (or several), so its numbers mean nothing; convert the model again.`,
    { details: { tensor: name, type } },
  );
}
