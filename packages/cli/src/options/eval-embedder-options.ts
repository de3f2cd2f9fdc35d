import type { EpisodeShape } from '../option-values.js';

export interface EvalEmbedderOptions {
  readonly embedder?: string;
  readonly layer?: string;
  readonly gallery?: string;
  readonly k: readonly number[];
  readonly distance: 'cosine' | 'dot' | 'euclidean' | 'squaredEuclidean' | 'manhattan';
  /** Left out: the usual ones, as far as there are classes enough. */
  readonly episodes?: readonly EpisodeShape[];
  readonly episodeCount: number;
  readonly queriesPerClass?: number;
  readonly rule: 'max' | 'prototype';
  readonly seed: number;
  readonly workers?: number;
  readonly format: 'terminal' | 'markdown' | 'latex' | 'json';
  readonly report?: string;
  readonly saveGallery?: string;
  readonly trec?: string;
}
