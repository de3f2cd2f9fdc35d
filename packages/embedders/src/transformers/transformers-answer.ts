import { createVectors, l2Normalize, type Vectors } from '@nearkin/core';
import { badModel } from '../models/weight-specs.js';
import type { LibraryModel, LibraryTensor } from './transformers-library.js';
import type { TransformersReference } from './transformers-reference.js';

/** Outputs that are embeddings by their name. */
const ready = ['image_embeds', 'text_embeds', 'sentence_embedding'];

export interface EmbeddingsOptions {
  readonly reference: TransformersReference;
  /** One of two towers: what it pools is the embedding. Elsewhere the pooler was trained for another task. */
  readonly joint: boolean;
  /** What becomes of tokens or patches, where the reference does not say. */
  readonly pooling: 'first' | 'mean';
}

/**
 * Runs a model and takes the embeddings out of its answer: outputs that are embeddings by name, else what is pooled of
 * `last_hidden_state`.
 *
 * @throws {NearkinError} `BAD_MODEL` when it fails or gives none
 */
export async function embeddingsOf(
  model: LibraryModel,
  inputs: Readonly<Record<string, unknown>>,
  { reference, joint, pooling }: EmbeddingsOptions,
): Promise<Vectors> {
  let outputs: Awaited<ReturnType<LibraryModel>>;
  try {
    outputs = await model(inputs);
  } catch (cause) {
    throw badModel(reference.model, cause instanceof Error ? cause.message : String(cause), cause);
  }
  const pooled = ['last_hidden_state', 'pooler_output'];
  const order =
    reference.pooling === undefined ? [...ready, ...(joint ? pooled.toReversed() : pooled)] : [...pooled, ...ready];
  const found = order.map((name) => outputs[name]).find((tensor) => tensor !== undefined);
  if (!found) throw badModel(reference.model, `it gave ${Object.keys(outputs).join(', ')}, none of them embeddings`);
  const values = found.type === 'float32' || !found.to ? found : found.to('float32');
  const vectors = poolTokens(values, {
    pooling: reference.pooling ?? pooling,
    mask: inputs['attention_mask'] as LibraryTensor | undefined,
    where: reference.model,
  });
  return reference.normalize === false ? vectors : l2Normalize(vectors);
}

function poolTokens(
  { data, dims }: LibraryTensor,
  options: { pooling: 'first' | 'mean'; mask: LibraryTensor | undefined; where: string },
): Vectors {
  const { pooling, mask, where } = options;
  const values = Float32Array.from(data);
  const [count = 0, tokens = 0, dim = 0] = dims;
  if (dims.length === 2) return createVectors(values, tokens);
  if (dims.length !== 3)
    throw badModel(where, `it gave shape [${dims.join(', ')}], expected [n, dim] or [n, tokens, dim]`);
  const marks = mask && Array.from(mask.data, Number);
  const out = new Float32Array(count * dim);
  for (let row = 0; row < count; row++) {
    const counted: number[] = [];
    for (let t = 0; t < tokens; t++)
      if (pooling === 'first' ? t === 0 : !marks || marks[row * tokens + t] === 1) counted.push(t);
    for (const t of counted)
      for (let j = 0; j < dim; j++) out[row * dim + j]! += values[(row * tokens + t) * dim + j]! / counted.length;
  }
  return createVectors(out, dim);
}
