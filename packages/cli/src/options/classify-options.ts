export interface ClassifyOptions {
  readonly k: number;
  readonly embedder?: string;
}
