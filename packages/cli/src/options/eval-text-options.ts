export interface EvalTextOptions {
  readonly embedder?: string;
  readonly images?: string;
  readonly texts?: string;
  readonly photos?: string;
  readonly k: readonly number[];
  readonly folds: number;
  readonly distance: 'cosine' | 'dot' | 'euclidean' | 'squaredEuclidean' | 'manhattan';
  readonly format: 'terminal' | 'markdown' | 'latex' | 'json';
}
