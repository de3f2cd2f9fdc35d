import { createVectors, type Embedder, l2Normalize, NearkinError } from '@nearkin/core';
import { type QueryEncoder, towerOf } from './query-encoder.js';
import type { CheckedQuery } from './search-query.js';

/** Rows of an index that queries may name. */
export interface QueryRows {
  readonly dim: number;
  /** @throws {NearkinError} `UNKNOWN_ID` */
  vector(id: string, options: { signal: AbortSignal | undefined }): Float32Array | Promise<Float32Array>;
}

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
    readonly rows: QueryRows;
    readonly signal: AbortSignal | undefined;
  },
): Promise<Float32Array> {
  const { encoder, rows, signal } = options;
  const { weights } = query;
  const sum = new Float64Array(rows.dim);
  const add = (vector: Float32Array, weight: number) => {
    const unit = l2Normalize(createVectors(vector, rows.dim)).data;
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
  for (const id of query.like) add(await rows.vector(id, { signal }), weights.like / query.like.length);
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
