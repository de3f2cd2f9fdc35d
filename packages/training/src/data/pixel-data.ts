import { createRng, NearkinError, type Rng } from '@nearkin/core';
import { centerOfMass, inputChannels, type Preprocessing } from '@nearkin/embedders';
import { type Tensor4D, tensor4d } from '@tensorflow/tfjs';
import { type Augmentation, createAugmentation } from './augmentation.js';
import { numberLabels } from './number-labels.js';
import type { TrainingData } from './training-data.js';

export interface PixelDataOptions {
  /** What will be done to pictures that are asked: scaling, centring and channels are done here as well. */
  readonly preprocessing: Preprocessing;
  /** Default: pictures are only centred, where the preprocessing says so. */
  readonly augmentation?: Augmentation | undefined;
}

/** Training data made of pictures. */
export interface PictureTrainingData extends TrainingData {
  /** Shape of one sample: `[height, width, channels]`. */
  readonly shape: readonly [number, number, number];
  batch(samples: readonly number[], options: { readonly augment: boolean; readonly rng: Rng }): Promise<Tensor4D>;
}

const unchanged = createAugmentation({});

/**
 * Pictures in memory as training data. They have the size and channels of the model's input already and are not yet
 * scaled or centred: those two steps of `preprocessing` come after augmentation, or with it (a picture is interpolated
 * once). Without augmentation a batch is what an embedder with that preprocessing would see.
 *
 * @param pictures.samples shape `[count, height, width, channels]`, 0 to 255, channels in the model's order; not copied
 * @param pictures.labels class of each picture; class numbers follow the order of first appearance
 * @throws {NearkinError} `INVALID_ARGUMENT` when samples and labels do not fit, `EMPTY_GALLERY` for none
 * @example
 * const data = pixelData({ samples, labels }, { preprocessing: model.preprocessing });
 * const batch = await data.batch([0, 1], { augment: false, rng: createRng(0) }); // shape [2, 28, 28, 1]
 */
export function pixelData(
  pictures: { readonly samples: Uint8Array; readonly labels: readonly string[] },
  options: PixelDataOptions,
): PictureTrainingData {
  const { samples, labels } = pictures;
  const { width, height } = options.preprocessing;
  const size = width * height * inputChannels(options.preprocessing).length;
  if (samples.length !== size * labels.length)
    throw new NearkinError(
      'INVALID_ARGUMENT',
      `Expected ${labels.length} pictures of ${size} samples, got ${samples.length} samples.`,
      { details: { pictures: labels.length, size, samples: samples.length } },
    );
  const foci = options.preprocessing.center === 'mass' ? new Float64Array(2 * labels.length) : undefined;
  const read = (sample: number) => samples.subarray(sample * size, (sample + 1) * size);
  const measure = focusOf(options.preprocessing);
  if (foci) for (let i = 0; i < labels.length; i++) foci.set(measure(read(i)), 2 * i);
  return pictureBatches({
    ...numberLabels(labels),
    options,
    load: async (numbers) =>
      numbers.map((sample) => ({
        samples: read(sample),
        focus: foci ? [foci[2 * sample]!, foci[2 * sample + 1]!] : undefined,
      })),
  });
}

interface LoadedPicture {
  readonly samples: Uint8Array;
  readonly focus: readonly [number, number] | undefined;
}

/** What all data of pictures share, wherever the samples come from. */
export function pictureBatches(source: {
  readonly labels: Int32Array;
  readonly labelNames: readonly string[];
  readonly options: PixelDataOptions;
  readonly load: (samples: readonly number[]) => Promise<readonly LoadedPicture[]>;
}): PictureTrainingData {
  const { labels, labelNames, options, load } = source;
  const { width, height } = options.preprocessing;
  const channels = inputChannels(options.preprocessing);
  const background = channels.map((channel) => channel.background);
  const size = width * height * channels.length;
  return Object.freeze({
    labels,
    labelNames,
    shape: Object.freeze([height, width, channels.length] as const),
    async batch(numbers: readonly number[], { augment, rng }: { readonly augment: boolean; readonly rng: Rng }) {
      for (const sample of numbers) assertSample(sample, labels.length);
      const pictures = await load(numbers);
      const data = new Uint8Array(pictures.length * size);
      const focus = new Float64Array(2 * pictures.length);
      pictures.forEach((picture, i) => {
        data.set(picture.samples, i * size);
        focus.set(picture.focus ?? [(width - 1) / 2, (height - 1) / 2], 2 * i);
      });
      const batch = { data, count: pictures.length, width, height, channels: channels.length };
      const augmentation = augment ? (options.augmentation ?? unchanged) : unchanged;
      const values = augmentation.apply(batch, { rng: augment ? rng : noChance, focus, background });
      for (let i = 0; i < values.length; i++) {
        const { mean, std } = channels[i % channels.length]!;
        values[i] = (values[i]! - mean) / std;
      }
      return tensor4d(values, [pictures.length, height, width, channels.length]);
    },
  });
}

/** For augmentations that draw nothing. */
const noChance = createRng(0);

/** Finds the place of a picture that comes to the middle. */
export function focusOf(preprocessing: Preprocessing): (samples: Uint8Array) => readonly [number, number] {
  const channels = inputChannels(preprocessing);
  return (samples) => {
    const { x, y } = centerOfMass(
      samples,
      preprocessing,
      channels.map(({ background }) => ({ background })),
    );
    return [x, y];
  };
}

function assertSample(sample: number, count: number): void {
  if (!Number.isInteger(sample) || sample < 0 || sample >= count)
    throw new NearkinError('INVALID_ARGUMENT', `Expected samples from 0 to ${count - 1}, got ${sample}.`, {
      details: { sample, count },
    });
}
