import { createRng, type JobOptions, NearkinError } from '@nearkin/core';
import { stepSeed } from '../fit/step-seed.js';
import type { DualBatch } from './dual-batches.js';
import type { Chunk } from './dual-gradients.js';
import type { DualEncoderOptions, DualPair } from './dual-options.js';
import type { DualTower, PreparedInputs } from './dual-tower.js';

/** The two sides of a dual encoder under training. */
export interface DualTowers<Image> {
  readonly image: DualTower<Image>;
  readonly text: DualTower<string>;
}

/** Pairs that are read: pictures, captions, and which belong together. */
export interface PreparedPairs {
  readonly images: PreparedInputs;
  readonly texts: PreparedInputs;
  /** For each caption the number of its picture. */
  readonly imageOf: readonly number[];
}

/** @throws {NearkinError} `INVALID_ARGUMENT` for too few pairs, or one without captions */
export function assertPairs(pairs: readonly DualPair<unknown>[], name: string): void {
  if (pairs.length < 2)
    throw new NearkinError('INVALID_ARGUMENT', `Expected at least two ${name}, got ${pairs.length}.`);
  pairs.forEach(({ captions }, i) => {
    if (!Array.isArray(captions) || captions.length === 0 || captions.some((caption) => typeof caption !== 'string'))
      throw new NearkinError(
        'INVALID_ARGUMENT',
        `Expected captions (texts) for picture ${i} of the ${name}, got none.`,
        {
          details: { pair: i },
        },
      );
  });
}

/** Reads pictures and captions of all pairs. */
export async function preparePairs<Image>(
  towers: DualTowers<Image>,
  pairs: readonly DualPair<Image>[],
  { signal, onProgress }: DualEncoderOptions<Image>,
): Promise<PreparedPairs> {
  const job: JobOptions = {
    signal,
    onProgress: onProgress
      ? (progress) =>
          onProgress({
            ...progress,
            step: 0,
            epoch: 0,
            loss: Number.NaN,
            learningRate: 0,
            imagesPerSecond: 0,
            secondsLeft: null,
          })
      : undefined,
  };
  const images = await towers.image.prepare(
    pairs.map(({ image }) => image),
    job,
  );
  const texts = await towers.text.prepare(
    pairs.flatMap(({ captions }) => captions),
    { signal },
  );
  return { images, texts, imageOf: pairs.flatMap(({ captions }, image) => captions.map(() => image)) };
}

/** The inputs of one step, in chunks. */
export async function openChunks<Image>(
  towers: DualTowers<Image>,
  trained: PreparedPairs,
  options: {
    readonly batch: DualBatch;
    readonly chunkSize: number;
    readonly seed: number;
    readonly step: number;
    readonly augment: boolean;
  },
): Promise<{ readonly images: Chunk[]; readonly texts: Chunk[] }> {
  const { batch, chunkSize, seed, step, augment } = options;
  const rng = createRng(stepSeed(seed, step, 'forward'));
  const open = async (
    tower: DualTower<never>,
    inputs: PreparedInputs,
    samples: readonly number[],
  ): Promise<Chunk[]> => {
    const chunks: Chunk[] = [];
    for (let from = 0; from < samples.length; from += chunkSize) {
      const some = samples.slice(from, from + chunkSize);
      const opened = await inputs.batch(some, { augment, rng });
      chunks.push({ tower, batch: opened, seed: rng.uint32() });
    }
    return chunks;
  };
  return {
    images: await open(towers.image as DualTower<never>, trained.images, batch.images),
    texts: await open(towers.text as DualTower<never>, trained.texts, batch.captions),
  };
}
