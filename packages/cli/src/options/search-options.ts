export interface SearchOptions {
  readonly image?: string;
  readonly id?: string;
  readonly like?: readonly string[];
  readonly not?: readonly string[];
  readonly textWeight?: number;
  readonly imageWeight?: number;
  readonly likeWeight?: number;
  readonly notWeight?: number;
  readonly label?: readonly string[];
  readonly minScore?: number;
  readonly k: number;
  readonly embedder?: string;
  readonly layer?: string;
  readonly partitionsToSearch?: number;
  readonly reorder?: number;
  readonly html?: string;
  readonly photos?: string;
}
