import type { Gallery } from '@nearkin/core';
import type { ModelCard } from '../metadata/classifier-metadata.js';

/**
 * What exporting needs to know of a classifier; a classifier of `@nearkin/retrieval` is one.
 */
export interface ExportableClassifier {
  /** Classes in the order of the scores. */
  readonly labels: readonly string[];
  /** Rows; scaled to length 1 where they are not. */
  readonly gallery: Gallery;
  /** Of the embedder that made the rows. */
  readonly modelId?: string | undefined;
  readonly settings: {
    readonly aggregation: 'max' | 'mean' | 'topM' | 'softmax' | 'prototype';
    /** Rows that `topM` averages. */
    readonly m: number;
    /** Temperature of `softmax`. */
    readonly temperature: number;
    /** `int8` makes int8 weights the default. */
    readonly quantize?: 'none' | 'int8' | undefined;
    /** One threshold for all classes is written into the file; thresholds by class are not. */
    readonly unknownBelow?: number | ReadonlyMap<string, number> | undefined;
    readonly metadata?: ModelCard | undefined;
  };
  /** Its `preprocessing` tells how pictures are normalised, where the base model does not. */
  readonly embedder?: unknown;
}
