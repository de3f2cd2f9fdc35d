import { type Embedder, NearkinError } from '@nearkin/core';

/**
 * What turns queries into vectors of the index's space: pictures, texts, or both. `loadEncoder`, `loadDualEncoder` and
 * `fromTransformers` of @nearkin/embedders make one; so do your own embedders.
 */
export interface QueryEncoder<Image = unknown> {
  readonly id: string;
  readonly dim: number;
  readonly image?: Embedder<Image> | undefined;
  readonly text?: Embedder<string> | undefined;
  dispose?(): void;
}

/**
 * The encoder's embedder of a kind.
 *
 * @throws {NearkinError} `UNSUPPORTED` when it has none
 */
export function towerOf<Image, Kind extends 'image' | 'text'>(
  encoder: QueryEncoder<Image>,
  kind: Kind,
): NonNullable<QueryEncoder<Image>[Kind]> {
  const tower = encoder[kind];
  if (tower) return tower as NonNullable<QueryEncoder<Image>[Kind]>;
  throw new NearkinError(
    'UNSUPPORTED',
    kind === 'text'
      ? `This encoder knows no words (${encoder.id}): ask with a picture, or index with a dual encoder, such as CLIP.`
      : `This encoder knows no pictures (${encoder.id}): ask with words.`,
    { details: { encoder: encoder.id, asked: kind } },
  );
}
