import { createRng, createVectors, type Rng, type Vectors } from '@nearkin/core';
import type { DataSet } from './data-set.js';

export interface PictureLikeOptions {
  readonly name: string;
  readonly count: number;
  readonly queries?: number;
  readonly seed?: number;
}

const side = 28;
const classes = 10;
const blobs = 8;
/** Numbers that vary inside a class; every blob's place, size and brightness depend on them linearly. */
const latent = 16;

interface PictureClass {
  readonly means: Float32Array;
  readonly map: Float32Array;
}

/**
 * Grey pictures of 28 x 28 in 0 to 255 as raw pixels, compared by squared Euclidean distance: the shape of
 * Fashion-MNIST (784 dimensions, ten classes, low intrinsic dimension, a third to a half of the pixels black), drawn by
 * a rule because the pictures themselves are not part of the repository.
 *
 * A class is eight Gaussian spots; place, width, height and brightness of each are the class's own plus a random
 * linear map of 16 normal deviates. Pixels are clipped to 0 to 255, get 5 % multiplicative noise, and are black below 12.
 */
export function pictureLikeData({ name, count, queries = 500, seed = 2 }: PictureLikeOptions): DataSet {
  const rng = createRng(seed);
  const kinds = Array.from({ length: classes }, () => pictureClass(rng));
  const rows = draw(rng, kinds, count);
  const asked = draw(rng, kinds, queries);
  return {
    name,
    title: `${count.toLocaleString('en')} x 784, raw pixels drawn in the manner of Fashion-MNIST, squared Euclidean distance`,
    metric: 'squaredL2',
    rows,
    queries: asked,
  };
}

function pictureClass(rng: Rng): PictureClass {
  const means = new Float32Array(blobs * 5);
  for (let b = 0; b < blobs; b++) {
    means.set([6 + 16 * rng.uniform(), 5 + 18 * rng.uniform()], b * 5);
    means.set([1.5 + 3 * rng.uniform(), 1.5 + 4 * rng.uniform(), 60 + 160 * rng.uniform()], b * 5 + 2);
  }
  return { means, map: Float32Array.from({ length: latent * blobs * 5 }, () => rng.normal() / Math.sqrt(latent)) };
}

/** How much x, y, width, height and brightness vary. */
const reach = [1.5, 1.5, 0.5, 0.6, 45];

function draw(rng: Rng, kinds: readonly PictureClass[], count: number): Vectors {
  const data = new Float32Array(count * side * side);
  const z = new Float32Array(latent);
  const across = new Float32Array(side);
  for (let row = 0; row < count; row++) {
    const { means, map } = kinds[rng.integer(classes)]!;
    const out = data.subarray(row * side * side, (row + 1) * side * side);
    for (let l = 0; l < latent; l++) z[l] = rng.normal();
    for (let b = 0; b < blobs; b++) {
      const [x, y, width, height, light] = reach.map((r, i) => {
        let shift = 0;
        for (let l = 0; l < latent; l++) shift += z[l]! * map[(l * blobs + b) * 5 + i]!;
        return means[b * 5 + i]! + r * shift;
      }) as [number, number, number, number, number];
      for (let j = 0; j < side; j++) across[j] = Math.exp(-(((j - x) / Math.max(0.8, width)) ** 2) / 2);
      for (let i = 0; i < side; i++) {
        const down = light * Math.exp(-(((i - y) / Math.max(0.8, height)) ** 2) / 2);
        if (Math.abs(down) < 0.5) continue;
        for (let j = 0; j < side; j++) out[i * side + j]! += down * across[j]!;
      }
    }
    for (let p = 0; p < out.length; p++) {
      const value = Math.round(Math.min(255, Math.max(0, out[p]!)) * (1 + 0.05 * rng.normal()));
      out[p] = value < 12 ? 0 : Math.min(255, value);
    }
  }
  return createVectors(data, side * side);
}
