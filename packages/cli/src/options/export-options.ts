import type { Normalization } from '@nearkin/tflite';

export interface ExportOptions {
  readonly format: 'layers' | 'graph' | 'tflite';
  readonly output: string;
  readonly embedder?: string;
  readonly base?: string;
  readonly layer?: string;
  readonly normalize?: Normalization;
}
