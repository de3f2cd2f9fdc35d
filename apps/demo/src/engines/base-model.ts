import { type BundleSource, NearkinError } from '@nearkin/core';
import { createFilterEmbedder, type ImageEmbedder, loadImageEmbedder } from '@nearkin/embedders/browser';

/** What turns pictures into vectors: plain data, so that it can be stored and sent to a worker. */
export type BaseModel =
  | { readonly kind: 'filters' }
  | { readonly kind: 'starter' }
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'files'; readonly name: string; readonly files: ReadonlyMap<string, Uint8Array> }
  | { readonly kind: 'transformers'; readonly name: string };

/** Pictures to vectors, and words too where the model knows any. */
export interface OpenBaseModel {
  readonly id: string;
  readonly dim: number;
  readonly image: ImageEmbedder;
  embedText?(text: string): Promise<Float32Array>;
  dispose(): void;
}

/** The library is not part of the page: it is fetched when such a model is chosen, in the version it was tried with. */
export const transformersLibrary = 'https://cdn.jsdelivr.net/npm/@huggingface/transformers@4.3.1';

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
  if (model.kind === 'transformers') return openTransformers(model.name, signal);
  const image =
    model.kind === 'filters' ? createFilterEmbedder() : await loadImageEmbedder(sourceOf(model), { signal });
  return { id: image.id, dim: image.dim, image, dispose: () => image.dispose() };
}

function sourceOf(model: Extract<BaseModel, { kind: 'url' | 'files' }>): BundleSource {
  return model.kind === 'url' ? new URL(model.url, location.href).href : new Map(model.files);
}

async function openTransformers(name: string, signal: AbortSignal | undefined): Promise<OpenBaseModel> {
  let module: unknown;
  try {
    module = await import(/* @vite-ignore */ transformersLibrary);
  } catch (cause) {
    throw new NearkinError(
      'MISSING_DEPENDENCY',
      `${name} runs in transformers.js, which could not be fetched from ${transformersLibrary}. Is there a network, and does this site's policy allow that address?`,
      { cause },
    );
  }
  const { fromTransformers } = await import('@nearkin/embedders/browser');
  const encoder = await fromTransformers(name, { transformers: { module }, signal });
  const { image, text } = encoder;
  if (!image) {
    encoder.dispose();
    throw new NearkinError('BAD_MODEL', `${name} knows texts only; a base model has to know pictures.`);
  }
  const embedText = text && (async (words: string) => (await text.embed([words])).data);
  return {
    id: image.id,
    dim: image.dim,
    // The pictures' side of a model is an embedder of pictures; the type of encoders says less than it is.
    image: image as ImageEmbedder,
    ...(embedText ? { embedText } : {}),
    dispose: () => encoder.dispose(),
  };
}
