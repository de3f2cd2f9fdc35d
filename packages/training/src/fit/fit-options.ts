import type { BundleTarget, Gallery, JobOptions, Progress } from '@nearkin/core';
import type { TrainingData } from '../data/training-data.js';
import type { Loss } from '../losses/loss.js';
import type { Memory } from '../memory/memory.js';
import type { Miner } from '../miners/miner.js';
import type { Optimizer } from '../optimizers/optimizer.js';
import type { Sampler } from '../samplers/sampler.js';
import type { Schedule } from '../schedules/schedule.js';
import type { CollapseMonitor, CollapseReport } from './collapse-monitor.js';
import type { GradientEngine } from './gradient-engine.js';

/** Embeds all samples of some data with the model as it is: what a validation callback is given. */
export type EmbedData = (data: TrainingData) => Promise<Gallery>;

/** When to stop because a metric of the validation no longer gets better. */
export interface EarlyStopping {
  /** One of the names that `validate` gives. */
  readonly metric: string;
  /** Validations without a gain after which training stops; default 5. */
  readonly patience?: number | undefined;
  /** Default `max`: higher is better. */
  readonly mode?: 'max' | 'min' | undefined;
  /** What counts as a gain; default 0: anything better. */
  readonly minDelta?: number | undefined;
  /** Whether the model ends with the weights of the best validation; default true. */
  readonly restoreBest?: boolean | undefined;
}

export interface CheckpointOptions {
  /** A folder (Node) or `indexeddb://name` (browser). */
  readonly target: BundleTarget;
  /** Steps between checkpoints; default: an epoch's. One more is written at the end, and when the signal fires. */
  readonly every?: number | undefined;
  /** Seconds after which one is written in any case. */
  readonly everySeconds?: number | undefined;
  /** Go on from the checkpoint that is there, if there is one; default false: start anew and replace it. */
  readonly resume?: boolean | undefined;
}

export interface FitProgress extends Progress {
  /** Steps done. */
  readonly step: number;
  readonly epoch: number;
  /** Of this step; the mean over its batches. */
  readonly loss: number;
  readonly learningRate: number;
  /** Over this call's steps, without validation. */
  readonly imagesPerSecond: number;
  /** Seconds until the end at this pace, null while that is not known. */
  readonly secondsLeft: number | null;
  /** Where this step was validated. */
  readonly metrics?: Readonly<Record<string, number>>;
  /** Where the monitor looked at this step. */
  readonly collapse?: CollapseReport;
}

export interface FitOptions extends Pick<JobOptions, 'signal'> {
  readonly loss: Loss;
  readonly sampler: Sampler;
  readonly miner?: Miner | undefined;
  readonly memory?: Memory | undefined;
  /** Default `adamW()`. */
  readonly optimizer?: Optimizer | undefined;
  /** Default `warmupCosine()`. */
  readonly schedule?: Schedule | undefined;
  /** When to stop: after so many steps, epochs or seconds, whichever comes first; one is needed. */
  readonly steps?: number | undefined;
  readonly epochs?: number | undefined;
  /**
   * The schedule follows the clock where that is ahead of the steps, so that it ends in time. A run that the clock ends
   * is not reproducible bit for bit.
   */
  readonly maxSeconds?: number | undefined;
  readonly validate?: ((embed: EmbedData) => Promise<Readonly<Record<string, number>>>) | undefined;
  /** Steps between validations; default: an epoch's. The last step is validated too. */
  readonly validateEvery?: number | undefined;
  readonly earlyStopping?: EarlyStopping | undefined;
  readonly checkpoint?: CheckpointOptions | undefined;
  /** Largest norm of all gradients together; longer ones are scaled down. */
  readonly gradientClip?: number | undefined;
  /**
   * Batches whose gradients are averaged to one step; default 1. For losses that are means over samples this is one large
   * batch. Losses that compare the samples of a batch compare within each batch only: it is not the large batch then.
   */
  readonly accumulate?: number | undefined;
  /** Decay of a running mean of the weights (0.999 and the like), which is what is validated and what the model ends with. */
  readonly weightAveraging?: number | undefined;
  /** Whether the data is varied; default true. */
  readonly augment?: boolean | undefined;
  /** Computes the gradients; default: this thread. The caller disposes it. */
  readonly engine?: GradientEngine | undefined;
  /** Default `collapseMonitor()`; false switches it off. */
  readonly monitor?: CollapseMonitor | false | undefined;
  /** Default 0. */
  readonly seed?: number | undefined;
  readonly onProgress?: ((progress: FitProgress) => void) | undefined;
}

/** One validation. */
export interface Validation {
  readonly step: number;
  readonly seconds: number;
  readonly metrics: Readonly<Record<string, number>>;
}

/** What happened, a value for each step. */
export interface FitHistory {
  readonly loss: readonly number[];
  readonly learningRate: readonly number[];
  /** Of all gradients together, before clipping. */
  readonly gradientNorm: readonly number[];
  readonly validations: readonly Validation[];
}

export interface FitResult {
  /** Why training ended. */
  readonly reason: 'steps' | 'epochs' | 'time' | 'early-stopping';
  /** All steps, those before a resumption too. */
  readonly steps: number;
  readonly epochs: number;
  readonly seconds: number;
  readonly history: FitHistory;
  /** The best validation by the metric of `earlyStopping`. */
  readonly best?: Validation;
  /** Step at which a resumed run went on. */
  readonly resumedAt?: number;
  /** What the monitor said last. */
  readonly collapse?: CollapseReport;
}
