import type { Embedder, JobOptions } from '@nearkin/core';
import type { DualEncoder } from '@nearkin/embedders';
import type { CheckpointOptions, EarlyStopping, FitHistory, FitProgress, Validation } from '../fit/fit-options.js';
import type { DualEncoderLoss } from '../losses/dual-encoder-loss.js';
import type { TextEncoder } from '../models/text-encoder.js';
import type { TrainableModel } from '../models/trainable-model.js';
import type { Optimizer } from '../optimizers/optimizer.js';
import type { Schedule } from '../schedules/schedule.js';
import type { DualTower } from './dual-tower.js';

/** A picture and what is said of it. */
export interface DualPair<Image> {
  readonly image: Image;
  /** At least one. */
  readonly captions: readonly string[];
}

/** What `onProgress` is told after each step. */
export type DualProgress = Omit<FitProgress, 'collapse'>;

export interface DualEncoderOptions<Image> extends Pick<JobOptions, 'signal'> {
  /**
   * The side of pictures: a tower, a model that learns from pictures (`createConvEmbedder`), or an embedder that stays
   * as it is and gets a projection head.
   */
  readonly image: DualTower<Image> | Embedder<Image> | TrainableModel;
  /** The side of texts: a tower, `createTextEncoder()`, or an embedder that stays as it is. */
  readonly text: DualTower<string> | Embedder<string> | TextEncoder;
  /** Numbers of an embedding where projection heads decide it. Default: that of the other side, else 128. */
  readonly dim?: number | undefined;
  /** Default `clipLoss()`. */
  readonly loss?: DualEncoderLoss | undefined;
  /** Pictures in a batch. Default 64, or all pairs where there are fewer. */
  readonly batchSize?: number | undefined;
  /** Captions of a picture in a batch, drawn by chance; `all` takes every one. Default 1. */
  readonly captionsPerImage?: number | 'all' | undefined;
  /** Pictures that are held in memory with their gradients at a time; the loss sees the whole batch. Default: the batch. */
  readonly chunkSize?: number | undefined;
  /** Default `adamW()`. */
  readonly optimizer?: Optimizer | undefined;
  /** Default `warmupCosine()`. */
  readonly schedule?: Schedule | undefined;
  /** When to stop: after so many steps, epochs or seconds, whichever comes first; one is needed. */
  readonly steps?: number | undefined;
  readonly epochs?: number | undefined;
  /** A run that the clock ends is not reproducible bit for bit. */
  readonly maxSeconds?: number | undefined;
  /** Pairs that are not trained on; the metrics are those of `textToImage/R@1` and so on. */
  readonly validation?: readonly DualPair<Image>[] | undefined;
  /** Steps between validations; default: an epoch's. The last step is validated too. */
  readonly validateEvery?: number | undefined;
  readonly earlyStopping?: EarlyStopping | undefined;
  readonly checkpoint?: CheckpointOptions | undefined;
  /** Decay of a running mean of the weights, which is what is validated and what the run ends with. */
  readonly weightAveraging?: number | undefined;
  /** Largest norm of all gradients together. */
  readonly gradientClip?: number | undefined;
  /** Whether inputs are varied; default true. */
  readonly augment?: boolean | undefined;
  /**
   * Gets what a picture cannot be read for, and its pair, which is then left out. Without it the first such
   * picture ends the job.
   */
  readonly onError?: ((error: unknown, pair: DualPair<Image>) => void) | undefined;
  /** Default 0. */
  readonly seed?: number | undefined;
  readonly onProgress?: ((progress: DualProgress) => void) | undefined;
}

export interface DualResult<Image> {
  /** Why training ended. */
  readonly reason: 'steps' | 'epochs' | 'time' | 'early-stopping';
  readonly steps: number;
  readonly seconds: number;
  readonly history: FitHistory;
  /** The best validation by the metric of `earlyStopping`. */
  readonly best?: Validation;
  /** Step at which a resumed run went on. */
  readonly resumedAt?: number;
  /** The trained side of pictures by itself; the caller disposes it. */
  readonly image: Embedder<Image>;
  /** The trained side of texts by itself; the caller disposes it. */
  readonly text: Embedder<string>;
  /** Both, where the side of pictures is a tfjs model: what `saveDualEncoder` takes. It shares `image` and `text`. */
  readonly encoder?: DualEncoder;
}
