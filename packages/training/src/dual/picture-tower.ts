import { type Embedder, NearkinError, throwIfAborted } from '@nearkin/core';
import {
  createImageEmbedder,
  type ImageInput,
  inputChannels,
  type Preprocessing,
  preprocess,
} from '@nearkin/embedders';
import type { Augmentation } from '../data/augmentation.js';
import { pixelData } from '../data/pixel-data.js';
import type { TrainableModel } from '../models/trainable-model.js';
import type { DualTower, PreparedInputs, PrepareOptions } from './dual-tower.js';

type Picture = Parameters<typeof preprocess>[0][number];

export interface PictureTowerOptions {
  /** How pictures are varied in training. Default: not at all. */
  readonly augmentation?: Augmentation | undefined;
  /** Reads what is not a decoded picture (a path, say): `readImage` of `@nearkin/embedders/node` or `/browser`. */
  readonly read?: ((input: ImageInput, options: { signal?: AbortSignal | undefined }) => Promise<Picture>) | undefined;
}

/**
 * A tower of a model of pictures that learns from the first layer on, such as `createConvEmbedder` makes. All pictures are
 * read once and kept in memory in the model's size.
 *
 * @throws {NearkinError} `INVALID_ARGUMENT` for a model without preprocessing
 * @example
 * const image = pictureTower(createConvEmbedder({ preprocessing: { width: 64, height: 64 } }), { read: readImage });
 */
export function pictureTower(model: TrainableModel, options: PictureTowerOptions = {}): DualTower<ImageInput> {
  const { preprocessing, toLayersModel } = model;
  if (!preprocessing || !toLayersModel)
    throw new NearkinError('INVALID_ARGUMENT', 'Expected a model of pictures, with preprocessing and toLayersModel.');
  const { read, augmentation } = options;
  return Object.freeze({
    model,
    async prepare(
      inputs: readonly ImageInput[],
      { signal, onProgress, onError }: PrepareOptions,
    ): Promise<PreparedInputs> {
      const size = preprocessing.width * preprocessing.height * inputChannels(preprocessing).length;
      const samples = new Uint8Array(inputs.length * size);
      const plain = unscaled(preprocessing);
      for (const [i, input] of inputs.entries()) {
        throwIfAborted(signal);
        try {
          const picture = isPicture(input) ? input : await readWith(read, input, signal);
          preprocess([picture], plain).forEach((value, k) => {
            samples[i * size + k] = Math.round(value);
          });
        } catch (error) {
          if (!onError || signal?.aborted) throw error;
          onError(error, i);
        }
        onProgress?.({ done: i + 1, total: inputs.length, phase: 'read' });
      }
      const labels = inputs.map(() => 'picture');
      const data = pixelData({ samples, labels }, { preprocessing, augmentation });
      return {
        count: inputs.length,
        async batch(numbers, how) {
          return { inputs: await data.batch(numbers, how) };
        },
      };
    },
    async toEmbedder(): Promise<Embedder<ImageInput>> {
      const layers = { kind: 'layers', model: toLayersModel.call(model) } as const;
      return createImageEmbedder(layers, { preprocessing, ownsModel: true });
    },
  });
}

/** Scaling and centring come after augmentation. */
function unscaled(preprocessing: Preprocessing): Preprocessing {
  return { ...preprocessing, mean: [0, 0, 0], std: [1, 1, 1], center: undefined } as unknown as Preprocessing;
}

function isPicture(input: ImageInput): input is Picture {
  return typeof input === 'object' && 'data' in input && 'channels' in input;
}

async function readWith(read: PictureTowerOptions['read'], input: ImageInput, signal: AbortSignal | undefined) {
  if (read) return read(input, { signal });
  throw new NearkinError(
    'INVALID_ARGUMENT',
    'Expected decoded pictures; to train on paths or files pass the reader: pictureTower(model, { read: readImage }).',
  );
}
