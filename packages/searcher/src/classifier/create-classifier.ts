import { assertSameModel, type Classifier, type Embedder, NearkinError } from '@nearkin/core';
import type { SearchIndex } from '../state/search-index.js';
import { IndexClassifier } from './index-classifier.js';

export interface CreateClassifierOptions {
  /**
   * Answers below this score are marked unknown: one threshold for all classes, or one a label; `{}` for none.
   * Default: those that the index was saved with by `classifier.save`.
   */
  readonly unknownBelow?: number | Readonly<Record<string, number>> | ReadonlyMap<string, number> | undefined;
}

/**
 * A classifier over an index: each class scores as its row nearest to the input, and the best classes win. For 100,000
 * to millions of labelled rows; with the kinds `flat` and `flatInt8` every row takes part, with `partitioned` those of
 * the partitions that are searched. Edits change the index. Neither embedder nor index is disposed with it.
 *
 * @param index of the metric cosine, every row with a label
 * @throws {NearkinError} `MODEL_MISMATCH`, `DIMENSION_MISMATCH`, `UNSUPPORTED` for another metric, `UNKNOWN_LABEL` for
 *   rows without a label or thresholds of no class, `TOO_FEW_CLASSES`
 * @example
 * const classifier = createClassifier(embedder, index);
 * await classifier.classify(picture, { k: 1 }); // [{ label: 'cat', score: 0.93, nearestId: 'cat-3', unknown: false }]
 */
export function createClassifier<Input>(
  embedder: Embedder<Input>,
  index: SearchIndex,
  options: CreateClassifierOptions = {},
): Classifier<Input> {
  assertSameModel({ vectors: index, modelId: index.modelId }, { vectors: embedder, modelId: embedder.id });
  const { metric } = index.stats();
  if (metric !== 'cosine')
    throw new NearkinError('UNSUPPORTED', `Expected an index of the metric cosine to classify with, got ${metric}.`, {
      details: { metric },
    });
  return new IndexClassifier(embedder, index, options);
}
