import type { Embedder, Gallery } from '@nearkin/core';
import type { ClassifierSettings } from './classifier-options.js';

/** What writing a classifier down needs to know of it. */
export interface ClassifierView<Input> {
  readonly embedder: Embedder<Input>;
  readonly modelId: string;
  readonly labels: readonly string[];
  /** Unit rows. */
  readonly gallery: Gallery;
  readonly settings: ClassifierSettings;
}
