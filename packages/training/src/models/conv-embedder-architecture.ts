import { NearkinError } from '@nearkin/core';
import { createPreprocessing, inputChannels, type Preprocessing } from '@nearkin/embedders';

/** One convolution with a rectifier behind it. */
export interface ConvLayer {
  readonly channels: number;
  /** Steps of the filter, in both directions; 2 halves the map. Default 1. */
  readonly stride?: number | undefined;
  /** Side of the filter. Default 3. */
  readonly kernelSize?: number | undefined;
}

/** All that a convolutional embedder is but its weights: plain data, saved with them. */
export type ConvArchitecture = {
  readonly kind: 'conv';
  readonly preprocessing: Preprocessing;
  readonly layers: readonly Readonly<Required<{ [Key in keyof ConvLayer]: number }>>[];
  /** `flatten` keeps places apart, `average` forgets them. */
  readonly pooling: 'flatten' | 'average';
  readonly dim: number;
};

export interface ConvEmbedderOptions {
  /** What is done to pictures before the net sees them; its size and number of channels are the net's. */
  readonly preprocessing: Partial<Preprocessing> & Pick<Preprocessing, 'width' | 'height'>;
  /** Default: 32 channels of stride 2, 64 of stride 2, 96, 128 of stride 2. */
  readonly layers?: readonly ConvLayer[] | undefined;
  /** Default `flatten`: right where things stand in the middle, as centred drawings do. */
  readonly pooling?: ConvArchitecture['pooling'] | undefined;
  /** Numbers in an embedding; default 128. */
  readonly dim?: number | undefined;
}

const defaultLayers: readonly ConvLayer[] = [
  { channels: 32, stride: 2 },
  { channels: 64, stride: 2 },
  { channels: 96 },
  { channels: 128, stride: 2 },
];

/** @throws {NearkinError} `INVALID_ARGUMENT` */
export function convArchitecture(options: ConvEmbedderOptions): ConvArchitecture {
  const { layers = defaultLayers, pooling = 'flatten', dim = 128 } = options;
  const preprocessing = createPreprocessing(options.preprocessing);
  if (!Array.isArray(layers) || layers.length === 0 || layers.length > 100)
    throw invalid('1 to 100 layers', Array.isArray(layers) ? layers.length : layers);
  if (pooling !== 'flatten' && pooling !== 'average') throw invalid("the pooling 'flatten' or 'average'", pooling);
  return Object.freeze({
    kind: 'conv',
    preprocessing,
    layers: Object.freeze(
      layers.map(({ channels, stride = 1, kernelSize = 3 }: ConvLayer) =>
        Object.freeze({
          channels: count('channels', channels, 4096),
          stride: count('a stride', stride, 16),
          kernelSize: count('a kernelSize', kernelSize, 31),
        }),
      ),
    ),
    pooling,
    dim: count('dim', dim, 65_536),
  });
}

/** Sides and depth of the last map, and how many numbers the last, dense layer reads. */
export function lastMap({ preprocessing, layers, pooling }: ConvArchitecture): {
  readonly shape: readonly [number, number, number];
  readonly numbers: number;
} {
  let { width, height } = preprocessing;
  let depth = inputChannels(preprocessing).length;
  for (const { channels, stride } of layers) {
    width = Math.ceil(width / stride);
    height = Math.ceil(height / stride);
    depth = channels;
  }
  return { shape: [height, width, depth], numbers: pooling === 'average' ? depth : height * width * depth };
}

function count(name: string, value: unknown, most: number): number {
  if (!Number.isSafeInteger(value) || (value as number) < 1 || (value as number) > most)
    throw invalid(`${name} of 1 to ${most}`, value);
  return value as number;
}

function invalid(expected: string, received: unknown): NearkinError {
  return new NearkinError(
    'INVALID_ARGUMENT',
    `Convolutional embedder: expected ${expected}, got ${JSON.stringify(received) ?? String(received)}.`,
    { details: { received } },
  );
}
