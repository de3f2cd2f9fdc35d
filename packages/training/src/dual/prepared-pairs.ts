import { createRng, NearkinError } from '@nearkin/core';
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

/**
 * Reads pictures and captions of all pairs, without those whose picture cannot be read.
 *
 * @throws {NearkinError} `EMPTY_GALLERY` when fewer than two are left
 */
export async function preparePairs<Image>(
  towers: DualTowers<Image>,
  pairs: readonly DualPair<Image>[],
  { signal, onProgress, onError }: DualEncoderOptions<Image>,
): Promise<PreparedPairs> {
  const nothingYet = { step: 0, epoch: 0, loss: Number.NaN, learningRate: 0, imagesPerSecond: 0, secondsLeft: null };
  const unread = new Map<number, unknown>();
  const read = await towers.image.prepare(
    pairs.map(({ image }) => image),
    {
      signal,
      ...(onProgress ? { onProgress: (progress) => onProgress({ ...progress, ...nothingYet }) } : {}),
      ...(onError
        ? {
            onError: (error, pair) => {
              unread.set(pair, error);
              onError(error, pairs[pair]!);
            },
          }
        : {}),
    },
  );
  const kept = pairs.flatMap((_, pair) => (unread.has(pair) ? [] : [pair]));
  if (kept.length < 2)
    throw new NearkinError('EMPTY_GALLERY', `Expected at least two pictures that can be read, got ${kept.length}.`, {
      cause: unread.values().next().value,
      details: { pairs: pairs.length, unread: unread.size },
    });
  const texts = await towers.text.prepare(
    kept.flatMap((pair) => pairs[pair]!.captions),
    { signal },
  );
  return {
    images: {
      count: kept.length,
      batch: (samples, options) =>
        read.batch(
          samples.map((sample) => kept[sample]!),
          options,
        ),
    },
    texts,
    imageOf: kept.flatMap((pair, image) => pairs[pair]!.captions.map(() => image)),
  };
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
