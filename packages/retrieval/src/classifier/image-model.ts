import type { Embedder } from '@nearkin/core';
import type { EmbedderModel, ImageEmbedder } from '@nearkin/embedders';

/** An embedder's model to build on, if it has one: not for functions, and not for models in workers. */
export function imageModelOf<Input>(
  embedder: Embedder<Input>,
): { embedder: ImageEmbedder; model: Exclude<EmbedderModel, { kind: 'function' }> } | undefined {
  if (!('model' in embedder) || !('preprocessing' in embedder)) return undefined;
  const image = embedder as unknown as ImageEmbedder;
  return image.model.kind === 'function' ? undefined : { embedder: image, model: image.model };
}
