import { createVectors, type Embedder, l2Normalize, NearkinError } from '@nearkin/core';
import { readRow } from '../read-row.js';
import type { SearchIndex } from '../search-index.js';
import { type QueryEncoder, towerOf } from './query-encoder.js';
import type { CheckedQuery } from './search-query.js';

/**
 * One vector of length 1 for a query: the weighted sum of its parts, each of length 1, less what it is not.
 *
 * @throws {NearkinError} `BAD_TEXT` for words that say nothing to the encoder, `UNKNOWN_ID`, `UNSUPPORTED` for a part
 *   that the encoder has no tower for, `INVALID_ARGUMENT` when the parts cancel each other out
 */
export async function embedQuery<Image>(
  query: CheckedQuery<Image>,
  options: {
    readonly encoder: QueryEncoder<Image>;
    readonly index: SearchIndex;
    readonly signal: AbortSignal | undefined;
  },
): Promise<Float32Array> {
  const { encoder, index, signal } = options;
  const { weights } = query;
  const sum = new Float64Array(index.dim);
  const add = (vector: Float32Array, weight: number) => {
    const unit = l2Normalize(createVectors(vector, index.dim)).data;
    for (let i = 0; i < sum.length; i++) sum[i]! += weight * unit[i]!;
  };
  const one = async <Input>(tower: Embedder<Input>, input: Input) => (await tower.embed([input], { signal })).data;
  const words = async (text: string) => {
    const vector = await one(towerOf(encoder, 'text'), text);
    if (vector.every((value) => value === 0))
      throw new NearkinError(
        'BAD_TEXT',
        `Expected words that the encoder knows, got ${JSON.stringify(text.slice(0, 80))}; try others, or another language.`,
        { details: { text: text.slice(0, 200) } },
      );
    return vector;
  };
  const picture = (image: Image) => one(towerOf(encoder, 'image'), image);

  if (query.text !== undefined) add(await words(query.text), weights.text);
  if (query.image !== undefined) add(await picture(query.image), weights.image);
  for (const id of query.like) add(rowOf(index, id), weights.like / query.like.length);
  for (const text of query.not) add(await words(text), -weights.not);
  if (query.notImage !== undefined) add(await picture(query.notImage), -weights.not);

  const length = Math.hypot(...sum);
  if (!(length > 1e-6))
    throw new NearkinError(
      'INVALID_ARGUMENT',
      'The parts of the query cancel each other out: change what it is not, or the weights.',
    );
  return Float32Array.from(sum, (value) => value / length);
}

/** A row as finely as the index keeps it. */
function rowOf({ state }: SearchIndex, id: string): Float32Array {
  const row = state.rows.find(id);
  if (row === undefined)
    throw new NearkinError('UNKNOWN_ID', `Expected the id of a row of the index, got ${JSON.stringify(id)}.`, {
      details: { id },
    });
  return readRow(state, row);
}
