import { type Gallery, NearkinError } from '@nearkin/core';
import { createPreprocessing, type ImageEmbedder } from '@nearkin/embedders';
import {
  type AugmentationOptions,
  attachHead,
  createAugmentation,
  createConvEmbedder,
  createHead,
  fineTune,
  galleryData,
  pictureData,
  type TrainableModel,
  type TrainingData,
  toEmbedder,
} from '@nearkin/training';
import { openEmbedder } from '../encoders/open-embedder.js';
import type { TrainOptions } from '../options/train-options.js';
import { embedPictures } from '../pictures/embed-pictures.js';
import type { PictureItem } from '../pictures/picture-item.js';
import type { SkippedPictures } from '../pictures/skipped-pictures.js';
import type { Terminal } from '../terminal/terminal.js';
import type { TrainingSplit } from './training-split.js';

/** A model and what it learns from. */
export interface TrainingSetup {
  readonly kind: 'conv' | 'head' | 'fine-tune';
  readonly model: TrainableModel;
  readonly data: TrainingData;
  readonly validation: TrainingData | undefined;
  /** Ids of the validation's samples, in their order. */
  readonly validationIds: readonly string[];
  /** Vectors of the base for the validation's pictures, where there is a base. */
  readonly before: Gallery | undefined;
  /** The trained embedder; the caller disposes it. */
  finish(): Promise<ImageEmbedder>;
  dispose(): void;
}

type SetupOptions = { readonly skipped: SkippedPictures; readonly terminal: Terminal };

const augmentations: Readonly<Record<TrainOptions['augment'], (size: number) => AugmentationOptions>> = {
  photos: () => ({
    crop: { area: [0.6, 1] },
    flip: 'horizontal',
    rotate: 10,
    brightness: 0.2,
    contrast: 0.2,
    saturation: 0.2,
  }),
  drawings: (size) => ({ rotate: 15, scale: { x: 1.2, y: 1.2 }, shear: 0.25, shift: size / 14 }),
  none: () => ({}),
};

/** A new net keeps places apart in small pictures; in larger ones they say little and cost much. */
const largestFlat = 32;

/** Reads the pictures and makes the model that was asked for. */
export async function setUpTraining(
  job: TrainOptions,
  split: TrainingSplit,
  options: SetupOptions,
): Promise<TrainingSetup> {
  if (job.base === undefined && (job.head || job.fineTune !== undefined))
    throw new NearkinError(
      'INVALID_ARGUMENT',
      'Expected --base beside --head or --fine-tune: the embedder to build on.',
    );
  if (job.head && job.fineTune !== undefined)
    throw new NearkinError('INVALID_ARGUMENT', 'Expected --head or --fine-tune, got both.');
  if (job.base === undefined) return setUpConv(job, split, options);
  const base = await openEmbedder(
    { embedder: job.base, ...(job.layer === undefined ? {} : { layer: job.layer }) },
    options.terminal,
  );
  try {
    return job.fineTune === undefined
      ? await setUpHead(base, job, { split, ...options })
      : await setUpFineTune(base, job, { split, ...options });
  } catch (error) {
    base.dispose();
    throw error;
  }
}

async function setUpConv(
  job: TrainOptions,
  split: TrainingSplit,
  { skipped, terminal }: SetupOptions,
): Promise<TrainingSetup> {
  const { size, dim = 128, seed } = job;
  const preprocessing = createPreprocessing({ width: size, height: size });
  const augmentation = createAugmentation(augmentations[job.augment](size));
  const read = async (items: readonly PictureItem[]) => {
    const bar = terminal.progress('Reading pictures');
    const bad = new Set<string>();
    try {
      const data = await pictureData(items, {
        preprocessing,
        augmentation,
        signal: terminal.signal,
        onProgress: bar.onProgress,
        onError: (error, item) => {
          bad.add(item.id);
          skipped.add(item.id, error);
        },
      });
      return { data, ids: items.flatMap(({ id }) => (bad.has(id) ? [] : [id])) };
    } finally {
      bar.stop();
    }
  };
  const training = await read(split.training);
  const validation = split.validation.length > 0 ? await read(split.validation) : undefined;
  const pooling = size > largestFlat ? 'average' : 'flatten';
  const model = createConvEmbedder({ preprocessing, dim, pooling, seed });
  return {
    kind: 'conv',
    model,
    data: training.data,
    validation: validation?.data,
    validationIds: validation?.ids ?? [],
    before: undefined,
    finish: () => toEmbedder(model),
    dispose: () => model.dispose(),
  };
}

type BaseOptions = SetupOptions & { readonly split: TrainingSplit };

async function setUpHead(base: ImageEmbedder, job: TrainOptions, options: BaseOptions): Promise<TrainingSetup> {
  const { split, ...rest } = options;
  const training = await embedPictures(base, split.training, { ...rest, workers: job.workers });
  const validation = await embedSome(base, split.validation, { ...rest, workers: job.workers });
  const { dim = base.dim, seed } = job;
  const residual = dim === base.dim;
  const head = createHead({ inputDim: base.dim, dim, residual, center: meanOf(training), seed });
  return {
    kind: 'head',
    model: head,
    data: galleryData(training),
    validation: validation && galleryData(validation),
    validationIds: validation?.ids ?? [],
    before: validation,
    finish: () => attachHead(base, head),
    dispose() {
      head.dispose();
      base.dispose();
    },
  };
}

async function setUpFineTune(base: ImageEmbedder, job: TrainOptions, options: BaseOptions): Promise<TrainingSetup> {
  const { split, ...rest } = options;
  if (job.dim !== undefined && job.dim !== base.dim)
    throw new NearkinError(
      'INVALID_ARGUMENT',
      `Fine-tuning keeps the length of the base's vectors, ${base.dim}; leave --dim out, or train a --head.`,
    );
  const wanted = job.fineTune!;
  const tuning = fineTune(base, { layers: /^\d+$/.test(wanted) ? Number(wanted) : wanted });
  try {
    const training = await embedPictures(tuning.features, split.training, { ...rest, workers: job.workers });
    const features = await embedSome(tuning.features, split.validation, { ...rest, workers: job.workers });
    const before = await embedSome(base, split.validation, { ...rest, workers: job.workers });
    return {
      kind: 'fine-tune',
      model: tuning,
      data: galleryData(training),
      validation: features && galleryData(features),
      validationIds: features?.ids ?? [],
      before,
      finish: () => toEmbedder(tuning),
      dispose() {
        tuning.dispose();
        base.dispose();
      },
    };
  } catch (error) {
    tuning.dispose();
    throw error;
  }
}

async function embedSome(
  embedder: ImageEmbedder,
  items: readonly PictureItem[],
  options: Parameters<typeof embedPictures>[2],
): Promise<Gallery | undefined> {
  return items.length > 0 ? embedPictures(embedder, items, options) : undefined;
}

function meanOf({ vectors }: Gallery): Float64Array {
  const mean = new Float64Array(vectors.dim);
  vectors.data.forEach((value, i) => {
    mean[i % vectors.dim] = mean[i % vectors.dim]! + value / vectors.count;
  });
  return mean;
}
