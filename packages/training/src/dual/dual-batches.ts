import { createRng } from '@nearkin/core';
import { stepSeed } from '../fit/step-seed.js';

/** Which pictures and captions a step takes. */
export interface DualBatch {
  readonly images: readonly number[];
  /** Numbers of captions, in order of their pictures. */
  readonly captions: readonly number[];
  /** For each caption the number of its picture. */
  readonly captionImages: readonly number[];
}

/**
 * Draws the batches of a run: every picture once an epoch in an order by chance, of each some captions by chance. What is
 * left of an epoch behind its last whole batch is left out. Step and seed alone decide.
 *
 * @param captionsOf numbers of the captions of each picture
 */
export function dualBatches(
  captionsOf: readonly (readonly number[])[],
  options: { readonly batchSize: number; readonly captionsPerImage: number | 'all'; readonly seed: number },
): { readonly perEpoch: number; batch(step: number): DualBatch } {
  const { captionsPerImage, seed } = options;
  const batchSize = Math.min(options.batchSize, captionsOf.length);
  const perEpoch = Math.floor(captionsOf.length / batchSize);
  let epochOfOrder = -1;
  let order: number[] = [];
  return {
    perEpoch,
    batch(step) {
      const epoch = Math.floor(step / perEpoch);
      if (epoch !== epochOfOrder) {
        order = createRng(stepSeed(seed, -1 - epoch, 'batch')).shuffle(captionsOf.map((_, i) => i));
        epochOfOrder = epoch;
      }
      const rng = createRng(stepSeed(seed, step, 'batch'));
      const start = (step % perEpoch) * batchSize;
      const images = order.slice(start, start + batchSize);
      const captions: number[] = [];
      const captionImages: number[] = [];
      for (const image of images) {
        const own = captionsOf[image]!;
        const count = captionsPerImage === 'all' ? own.length : Math.min(captionsPerImage, own.length);
        const chosen = count === own.length ? own : rng.sample(own.length, count).map((i) => own[i]!);
        captions.push(...chosen);
        captionImages.push(...chosen.map(() => image));
      }
      return { images, captions, captionImages };
    },
  };
}
