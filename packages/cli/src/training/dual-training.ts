import { dirname, relative, resolve } from 'node:path';
import { NearkinError } from '@nearkin/core';
import { type ImageInput, loadImageEmbedder } from '@nearkin/embedders';
import { readImage } from '@nearkin/embedders/node';
import {
  type AugmentationOptions,
  adamW,
  clipLoss,
  createAugmentation,
  createConvEmbedder,
  createTextEncoder,
  type DualEncoderLoss,
  type DualResult,
  type DualTower,
  fitDualEncoder,
  frozenTower,
  pictureTower,
  sigLipLoss,
  softTargetDualEncoderLoss,
  textTower,
} from '@nearkin/training';
import type { TrainDualJob } from '../jobs/train-dual-encoder.js';
import type { TrainDualOptions } from '../options/train-dual-options.js';
import type { SkippedPictures } from '../pictures/skipped-pictures.js';
import { percent } from '../terminal/number-text.js';
import type { Terminal } from '../terminal/terminal.js';
import type { CaptionedImage } from './read-pairs.js';

export interface PairSplit {
  readonly training: readonly CaptionedImage[];
  /** Pictures that training does not see; empty where none are held out. */
  readonly validation: readonly CaptionedImage[];
}

const defaultEpochs = 30;
/** Measurements of a run, at most, while it goes on. */
const mostMeasurements = 20;

const losses: Readonly<Record<TrainDualOptions['loss'], () => DualEncoderLoss>> = {
  clip: () => clipLoss(),
  sigLip: () => sigLipLoss(),
  softTarget: () => softTargetDualEncoderLoss(),
};

const augmentations: Readonly<Record<TrainDualOptions['augment'], (size: number) => AugmentationOptions>> = {
  // Mirrored and in other colours a picture may no longer be what its caption says.
  photos: () => ({ crop: { area: [0.7, 1] }, rotate: 8, brightness: 0.2, contrast: 0.2, saturation: 0.2 }),
  drawings: (size) => ({ rotate: 12, scale: 1.2, shift: size / 14, brightness: 0.15, contrast: 0.15, saturation: 0.3 }),
  none: () => ({}),
};

/** Trains on pairs that were read from a file, and tells how it goes. */
export async function learnPairs(
  job: TrainDualJob,
  split: PairSplit,
  options: { readonly checkpoint: string; readonly skipped: SkippedPictures; readonly terminal: Terminal },
): Promise<DualResult<ImageInput>> {
  const { checkpoint, skipped, terminal } = options;
  const { signal } = terminal;
  const folder = job.photos ?? dirname(job.pairs);
  const open = ({ image, captions }: CaptionedImage) => ({ image: resolve(folder, image), captions });
  const epochs = job.epochs ?? (job.minutes === undefined ? defaultEpochs : undefined);
  const { batchSize, seed } = job;
  const perEpoch = Math.max(1, Math.floor(split.training.length / batchSize));
  const validateEvery = Math.max(perEpoch, Math.ceil(((epochs ?? 0) * perEpoch) / mostMeasurements));
  const loss = losses[job.loss]();
  const bar = terminal.progress('Training');
  let last = '';
  try {
    return await fitDualEncoder<ImageInput>(split.training.map(open), {
      image: await imageSide(job, terminal),
      text: textTower(createTextEncoder({ dim: job.dim, seed }), { quantize: job.quantize === 'uint8' }),
      loss,
      optimizer: adamW({ learningRate: job.learningRate }),
      batchSize,
      chunkSize: job.chunkSize,
      captionsPerImage: job.captionsPerImage,
      epochs,
      maxSeconds: job.minutes === undefined ? undefined : job.minutes * 60,
      ...(split.validation.length > 0
        ? {
            validation: split.validation.map(open),
            validateEvery,
            earlyStopping: { metric: 'textToImage/R@10', patience: job.patience },
          }
        : {}),
      // The table of words makes checkpoints large: by the clock alone.
      checkpoint: { target: checkpoint, every: Number.MAX_SAFE_INTEGER, everySeconds: 60, resume: job.resume ?? false },
      gradientClip: 10,
      seed,
      signal,
      onError: (error, pair) => {
        const known = error instanceof NearkinError ? error : new NearkinError('BAD_PICTURE', String(error));
        skipped.add(relative(folder, pair.image as string), known);
      },
      onProgress: (progress) => {
        if (progress.phase !== 'train') return bar.onProgress({ ...progress, status: 'reading pictures' });
        if (progress.metrics) last = `  R@10 ${percent(progress.metrics['textToImage/R@10']!)}`;
        const pace = `${progress.imagesPerSecond.toFixed(0)} pictures/s`;
        bar.onProgress({ ...progress, status: `loss ${progress.loss.toFixed(4)}${last}  ${pace}` });
      },
    });
  } catch (error) {
    if (error instanceof NearkinError && error.code === 'ABORTED')
      throw new NearkinError(
        'ABORTED',
        `Training was stopped; its state, if it had begun, is in ${resolve(checkpoint)}. The same command with --resume goes on.`,
        { cause: error, details: { checkpoint } },
      );
    throw error;
  } finally {
    bar.stop();
    loss.dispose();
  }
}

/** @throws {NearkinError} `UNSUPPORTED` for a base that no projection can be saved with */
async function imageSide(job: TrainDualJob, { signal }: Terminal): Promise<DualTower<ImageInput>> {
  const { base, layer, size, dim, seed, augment } = job;
  if (base === undefined) {
    const model = createConvEmbedder({
      preprocessing: { width: size, height: size, fit: augment === 'drawings' ? 'pad' : 'crop' },
      layers: [
        { channels: 24, stride: 2 },
        { channels: 48, stride: 2 },
        { channels: 96, stride: 2 },
        { channels: 128, stride: 2 },
      ],
      dim,
      seed,
    });
    const augmentation = createAugmentation(augmentations[augment](size));
    return pictureTower(model, { augmentation, read: (input, options) => readImage(input as string, options) });
  }
  const embedder = await loadImageEmbedder(base, { layer, signal });
  if (embedder.model.kind !== 'layers')
    throw new NearkinError(
      'UNSUPPORTED',
      `Expected a tfjs LayersModel as --base, got ${embedder.model.kind === 'graph' ? 'a GraphModel' : 'a function'}: ${base}. A projection cannot be saved behind it.`,
      { details: { base, kind: embedder.model.kind } },
    );
  return frozenTower(embedder, { dim, seed });
}
