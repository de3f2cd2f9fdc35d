import { assertSameModel, type Embedder } from '@nearkin/core';
import type { SearchIndex } from '../state/search-index.js';
import type { Hit, SearchBatchOptions, SearchOptions } from './search-options.js';

/** An index that is asked with pictures or texts instead of vectors. */
export interface Searcher<Input> {
  readonly index: SearchIndex;
  readonly embedder: Embedder<Input>;
  /** Embeds the input and finds its nearest rows, best first; options as `index.search`. */
  search(input: Input, options?: SearchOptions): Promise<Hit[]>;
  /** The same for many inputs, embedded together. */
  searchBatch(inputs: readonly Input[], options?: SearchBatchOptions): Promise<Hit[][]>;
}

/**
 * Puts an embedder before an index. Neither is disposed with it: they stay the caller's.
 *
 * @throws {NearkinError} `DIMENSION_MISMATCH`, or `MODEL_MISMATCH` when the index names another embedder
 * @example
 * const searcher = createSearcher(embedder, index);
 * await searcher.search(picture, { k: 1 }); // [{ id: 'cat-3', score: 0.93, label: 'cat' }]
 */
export function createSearcher<Input>(embedder: Embedder<Input>, index: SearchIndex): Searcher<Input> {
  assertSameModel({ vectors: index, modelId: index.modelId }, { vectors: embedder, modelId: embedder.id });
  const searchBatch: Searcher<Input>['searchBatch'] = async (inputs, options = {}) => {
    if (inputs.length === 0) return [];
    return index.searchBatch(await embedder.embed(inputs, { signal: options.signal }), options);
  };
  return Object.freeze({
    index,
    embedder,
    searchBatch,
    async search(input: Input, options: SearchOptions = {}) {
      const [hits] = await searchBatch([input], options);
      return hits!;
    },
  });
}
