import { createPreprocessing } from '@nearkin/embedders';
import type { AugmentationOptions, ConvEmbedderOptions } from '@nearkin/training';
import { side } from './drawings.js';

/** Grey, black where there is no ink, the centre of ink in the middle, ink 1.75 and paper -0.25. */
export const preprocessing = createPreprocessing({
  width: side,
  height: side,
  fit: 'pad',
  filter: 'triangle',
  colorOrder: 'gray',
  mean: [31.875, 31.875, 31.875],
  std: [127.5, 127.5, 127.5],
  background: [0, 0, 0],
  center: 'mass',
});

/** 447,072 weights. */
export const net: ConvEmbedderOptions = {
  preprocessing,
  layers: [{ channels: 32, stride: 2 }, { channels: 64, stride: 2 }, { channels: 96 }, { channels: 128, stride: 2 }],
  pooling: 'flatten',
  dim: 128,
};

export const augmentation: AugmentationOptions = { rotate: 15, scale: { x: 1.22, y: 1.22 }, shear: 0.25, shift: 2 };

export const recipe = {
  ways: 64,
  each: 2,
  temperature: 0.08,
  learningRate: 3e-3,
  warmup: 0.02,
  weightAveraging: 0.998,
  steps: 5000,
  seeds: [1, 2],
} as const;

/** The last ones validate; the recipe is judged on them alone. */
export const validationCharacters = 200;
