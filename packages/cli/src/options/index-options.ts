export interface IndexShape {
  readonly kind?: 'flat' | 'flatInt8' | 'partitioned';
  readonly metric: 'cosine' | 'dot' | 'squaredL2';
  readonly partitions: number | 'auto';
  readonly codes?: 'pq4' | 'pq8' | 'int8';
  readonly reorder?: 'none' | 'int8' | 'bf16' | 'float32';
  readonly targetRecall?: number;
  readonly seed: number;
}

export interface IndexOptions extends IndexShape {
  readonly output: string;
  readonly embedder?: string;
  readonly layer?: string;
  readonly labels?: true;
  readonly workers?: number;
  readonly thumbnails: boolean;
  readonly userinfo?: string;
  readonly batch?: number;
  readonly imageColumn: string;
  readonly textColumn?: string;
  readonly idColumn?: string;
  readonly labelColumn: string;
  readonly metadataEnding?: string;
}
