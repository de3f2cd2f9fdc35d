export interface AddOptions {
  readonly embedder?: string;
}
