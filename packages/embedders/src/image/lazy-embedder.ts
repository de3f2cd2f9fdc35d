import { type Embedder, type EmbedOptions, NearkinError } from '@nearkin/core';
import { disposedError } from './disposed-error.js';

/** An embedder that is loaded when it is first used; what failed is tried again by the next call. */
export function lazyEmbedder<Input>(options: {
  readonly id: string;
  readonly dim: number;
  readonly load: () => Promise<Embedder<Input>>;
}): Embedder<Input> {
  const { id, dim, load } = options;
  let loading: Promise<Embedder<Input>> | undefined;
  let disposed = false;
  const open = async (): Promise<Embedder<Input>> => {
    const embedder = await load();
    if (embedder.dim === dim) return embedder;
    embedder.dispose();
    throw new NearkinError(
      'DIMENSION_MISMATCH',
      `Expected an embedder of ${dim} numbers, got one of ${embedder.dim}; is the folder complete?`,
      { details: { expected: dim, received: embedder.dim } },
    );
  };
  return Object.freeze({
    id,
    dim,
    async embed(batch: readonly Input[], embedOptions: EmbedOptions = {}) {
      if (disposed) throw disposedError();
      loading ??= open().catch((error: unknown) => {
        loading = undefined;
        throw error;
      });
      const embedder = await loading;
      if (disposed) throw disposedError();
      return embedder.embed(batch, embedOptions);
    },
    dispose() {
      if (disposed) return;
      disposed = true;
      void loading?.then(
        (embedder) => embedder.dispose(),
        () => {},
      );
    },
  });
}
