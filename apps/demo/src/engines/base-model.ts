import { type BundleSource, NearkinError } from '@nearkin/core';
import { createFilterEmbedder, type ImageEmbedder, loadImageEmbedder } from '@nearkin/embedders/browser';

/** What turns pictures into vectors: plain data, so that it can be stored and sent to a worker. */
export type BaseModel =
  | { readonly kind: 'filters' }
  | { readonly kind: 'starter' }
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'files'; readonly name: string; readonly files: ReadonlyMap<string, Uint8Array> };

/** Pictures to vectors, and words too where the model knows any. */
export interface OpenBaseModel {
  readonly id: string;
  readonly dim: number;
  readonly image: ImageEmbedder;
  embedText?(text: string): Promise<Float32Array>;
  dispose(): void;
}

export async function openBaseModel(model: BaseModel, signal?: AbortSignal): Promise<OpenBaseModel> {
  if (model.kind === 'starter') {
    const { loadStarter } = await import('@nearkin/starter');
    const { id, dim, image, text, dispose } = await loadStarter({ signal });
    const embedText = async (words: string) => {
      const { data } = await text.embed([words]);
      if (data.every((value) => value === 0))
        throw new NearkinError('BAD_TEXT', `The starter knows none of the words in “${words}”.`);
      return data;
    };
    return { id, dim, image, embedText, dispose };
  }
  const image =
    model.kind === 'filters' ? createFilterEmbedder() : await loadImageEmbedder(sourceOf(model), { signal });
  return { id: image.id, dim: image.dim, image, dispose: () => image.dispose() };
}

function sourceOf(model: Extract<BaseModel, { kind: 'url' | 'files' }>): BundleSource {
  return model.kind === 'url' ? model.url : new Map(model.files);
}
