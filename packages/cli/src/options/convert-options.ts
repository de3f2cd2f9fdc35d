import type { Normalization } from '@nearkin/tflite';
import type { IndexShape } from './index-options.js';

export interface ConvertOptions extends IndexShape {
  readonly base?: string;
  readonly rowText?: 'auto' | 'id' | 'label' | 'metadata' | 'json';
  readonly snappy?: true;
  readonly normalize?: Normalization;
}
