export interface BuildOptions {
  readonly output: string;
  readonly embedder?: string;
  readonly layer?: string;
  readonly aggregation: 'max' | 'mean' | 'topM' | 'softmax' | 'prototype';
  readonly quantize?: 'int8';
  readonly unknownBelow?: number;
  readonly workers?: number;
  readonly seed: number;
  readonly name?: string;
  readonly author?: string;
  readonly modelVersion?: string;
  readonly license?: string;
  readonly description?: string;
}
