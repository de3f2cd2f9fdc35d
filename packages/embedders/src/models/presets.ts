import { type Bundle, NearkinError, openBundle } from '@nearkin/core';
import type { Preprocessing } from '../pictures/preprocessing.js';

/** A published model and how to use it as an embedder. */
export interface Preset {
  /** Address of the model's folder. */
  readonly url: string;
  /** True for addresses that answer only with `?tfjs-format=file`, as TensorFlow Hub's do. */
  readonly hub: boolean;
  /** The embedding's layer or node; left out where the whole model is the embedder. */
  readonly layer?: string;
  readonly dim: number;
  readonly preprocessing: Pick<Preprocessing, 'width' | 'height' | 'fit' | 'mean' | 'std'>;
  /** Whether the address has been loaded by this project's own tests. */
  readonly tried: boolean;
}

/** Samples scaled to [-1, 1]. */
const signed = {
  width: 224,
  height: 224,
  fit: 'crop',
  mean: [127.5, 127.5, 127.5],
  std: [127.5, 127.5, 127.5],
} as const;
/** Samples scaled to [0, 1]. */
const unit = { width: 224, height: 224, fit: 'crop', mean: [0, 0, 0], std: [255, 255, 255] } as const;

const published = {
  /** MobileNetV1 0.25, 224 px, LayersModel of the tfjs examples; 256-d. */
  'mobilenet-v1-0.25': {
    url: 'https://storage.googleapis.com/tfjs-models/tfjs/mobilenet_v1_0.25_224',
    hub: false,
    layer: 'global_average_pooling2d_1',
    dim: 256,
    preprocessing: signed,
    tried: false,
  },
  /** MobileNetV1 1.0, 224 px, LayersModel of the tfjs examples; 1024-d. */
  'mobilenet-v1-1.0': {
    url: 'https://storage.googleapis.com/tfjs-models/tfjs/mobilenet_v1_1.0_224',
    hub: false,
    layer: 'global_average_pooling2d_1',
    dim: 1024,
    preprocessing: signed,
    tried: false,
  },
  /** MobileNetV2 0.5, 224 px, feature vector; 1280-d. */
  'mobilenet-v2-0.5': {
    url: 'https://tfhub.dev/google/tfjs-model/imagenet/mobilenet_v2_050_224/feature_vector/3/default/1',
    hub: true,
    dim: 1280,
    preprocessing: unit,
    tried: false,
  },
  /** MobileNetV2 1.0, 224 px, feature vector; 1280-d. */
  'mobilenet-v2': {
    url: 'https://tfhub.dev/google/tfjs-model/imagenet/mobilenet_v2_100_224/feature_vector/3/default/1',
    hub: true,
    dim: 1280,
    preprocessing: unit,
    tried: false,
  },
  /** MobileNetV2 1.4, 224 px, feature vector; 1792-d. */
  'mobilenet-v2-1.4': {
    url: 'https://tfhub.dev/google/tfjs-model/imagenet/mobilenet_v2_140_224/feature_vector/3/default/1',
    hub: true,
    dim: 1792,
    preprocessing: unit,
    tried: false,
  },
  /** MobileNetV3 small, 224 px, feature vector; 1024-d. */
  'mobilenet-v3-small': {
    url: 'https://tfhub.dev/google/tfjs-model/imagenet/mobilenet_v3_small_100_224/feature_vector/5/default/1',
    hub: true,
    dim: 1024,
    preprocessing: unit,
    tried: false,
  },
  /** MobileNetV3 large, 224 px, feature vector; 1280-d. */
  'mobilenet-v3-large': {
    url: 'https://tfhub.dev/google/tfjs-model/imagenet/mobilenet_v3_large_100_224/feature_vector/5/default/1',
    hub: true,
    dim: 1280,
    preprocessing: unit,
    tried: false,
  },
  /** ResNet-50 V2, 224 px, feature vector; 2048-d. */
  'resnet-v2-50': {
    url: 'https://tfhub.dev/google/tfjs-model/imagenet/resnet_v2_50/feature_vector/3/default/1',
    hub: true,
    dim: 2048,
    preprocessing: unit,
    tried: false,
  },
} as const satisfies Record<string, Preset>;

/** A key of `presets`. */
export type PresetName = keyof typeof published;

/**
 * Published ImageNet models by name. None of these addresses has been tried by this project's tests (`tried: false`):
 * they are the ones their publishers document, and the weights are not ours. A copy on disk works the same way:
 * `loadImageEmbedder('./my-copy', { layer: preset.layer, preprocessing: preset.preprocessing })`.
 */
export const presets: Readonly<Record<PresetName, Preset>> = published;

export function isPresetName(name: string): name is PresetName {
  return Object.hasOwn(presets, name);
}

/** The preset's folder, behind its address. */
export function presetBundle(name: PresetName): Bundle {
  const { url, hub } = presets[name];
  return hubBundle(url, { hub, name });
}

/** A folder behind an address that may be one of TensorFlow Hub's. */
export function hubBundle(url: string, { hub, name }: { readonly hub: boolean; readonly name: string }): Bundle {
  const plain = openBundle(url);
  if (!hub) return { location: url, read: async (file, options) => (await plain).bundle.read(file, options) };
  return {
    location: url,
    async read(file, options = {}) {
      const address = `${url}/${file}?tfjs-format=file`;
      try {
        const response = await fetch(address, options.signal ? { signal: options.signal } : {});
        if (response.ok) return new Uint8Array(await response.arrayBuffer());
        throw new NearkinError('IO_ERROR', `the server answered ${response.status}`);
      } catch (cause) {
        if (options.signal?.aborted) throw new NearkinError('ABORTED', `Loading ${address} was cancelled.`, { cause });
        throw new NearkinError(
          'IO_ERROR',
          `Could not load ${address} of the preset ${name}: ${(cause as Error).message}. Is the network there? A copy on disk works too.`,
          { cause, details: { url: address } },
        );
      }
    },
  };
}
