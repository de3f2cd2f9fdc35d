import { describe, expect, it } from 'vitest';
import { dualBatches } from './dual-batches.js';

const captionsOf = Array.from({ length: 10 }, (_, image) => [3 * image, 3 * image + 1, 3 * image + 2]);

describe('dualBatches', () => {
  it('takes every picture once an epoch, but for what is left of it', () => {
    const { perEpoch, batch } = dualBatches(captionsOf, { batchSize: 5, captionsPerImage: 1, seed: 1 });
    expect(perEpoch).toBe(2);
    const epochs = [0, 1].map((epoch) => [0, 1].flatMap((b) => batch(2 * epoch + b).images));
    for (const images of epochs) expect([...images].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(epochs[0]).not.toEqual(epochs[1]);
    expect(dualBatches(captionsOf, { batchSize: 4, captionsPerImage: 1, seed: 1 }).perEpoch).toBe(2);
    expect(dualBatches(captionsOf, { batchSize: 99, captionsPerImage: 1, seed: 1 }).batch(0).images.length).toBe(10);
  });

  it('takes captions of its pictures, different ones', () => {
    const { batch } = dualBatches(captionsOf, { batchSize: 5, captionsPerImage: 2, seed: 1 });
    const { images, captions, captionImages } = batch(7);
    expect(captions.length).toBe(10);
    expect(new Set(captions).size).toBe(10);
    expect(captions.map((caption) => Math.floor(caption / 3))).toEqual(captionImages);
    expect(captionImages).toEqual(images.flatMap((image) => [image, image]));
    const all = dualBatches(captionsOf, { batchSize: 5, captionsPerImage: 'all', seed: 1 }).batch(0);
    expect(all.captions.length).toBe(15);
  });

  it('is decided by step and seed alone', () => {
    const make = (seed: number) => dualBatches(captionsOf, { batchSize: 5, captionsPerImage: 1, seed });
    const [a, b] = [make(1), make(1)];
    for (let step = 0; step < 5; step++) a.batch(step);
    expect(b.batch(4)).toEqual(a.batch(4));
    expect(b.batch(1)).toEqual(a.batch(1));
    expect(make(2).batch(4)).not.toEqual(a.batch(4));
  });
});
