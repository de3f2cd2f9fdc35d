import { createRng, createVectors, l2Normalize, type Rng, type Vectors } from '@nearkin/core';
import type { DataSet } from './data-set.js';

export interface TextLikeOptions {
  readonly name: string;
  readonly count: number;
  readonly dim?: number;
  readonly queries?: number;
  readonly seed?: number;
}

/** Dimensions that carry the content: far fewer than the vectors have, as in learned embeddings. */
const latent = 20;
const clusters = 2000;
/** How far rows of a cluster lie from its centre, against 1 between centres, on each latent axis. */
const rowSpread = 0.4;
/** A caption says less than a picture shows: queries lie farther from the centre. */
const querySpread = 0.5;
/** Noise on every coordinate, against sqrt(latent) = 4.5 for the content. */
const rowNoise = 0.5;
const queryNoise = 1.5;
/** Length of each side's constant offset, as a share of the content's length; the two point different ways. */
const gap = 0.5;

/**
 * Vectors as a dual encoder makes them: pictures as rows, texts as queries that come from another distribution.
 *
 * A cluster c is drawn with a skew (c = floor(u^1.5 x 2000): some kinds of picture are common). Content:
 * z = centre[c] + spread x normal in 20 dimensions, brought to `dim` by one random linear map for both sides. Then each
 * side adds its own noise and its own constant offset (the "modality gap" of dual encoders: Liang et al. 2022,
 * arXiv 2203.02053), and all is scaled to length 1. Queries are drawn after the rows from the same generator, so no
 * query is a row. The same seed gives the same numbers.
 */
export function textLikeData(options: TextLikeOptions): DataSet {
  const { name, count, dim = 128, queries = 1000, seed = 1 } = options;
  const rng = createRng(seed);
  const map = normals(rng, latent * dim);
  const centres = normals(rng, clusters * latent);
  const shape = { dim, map, centres };
  const rowOffset = offset(rng, dim);
  const queryOffset = offset(rng, dim);
  const rows = draw(rng, { ...shape, count, spread: rowSpread, noise: rowNoise, offset: rowOffset });
  const asked = draw(rng, { ...shape, count: queries, spread: querySpread, noise: queryNoise, offset: queryOffset });
  return {
    name,
    title: `${count.toLocaleString('en')} x ${dim}, clustered, 20 latent dimensions, text-like queries from another distribution, cosine`,
    metric: 'cosine',
    rows,
    queries: asked,
  };
}

interface Shape {
  readonly dim: number;
  readonly map: Float32Array;
  readonly centres: Float32Array;
  readonly count: number;
  readonly spread: number;
  readonly noise: number;
  readonly offset: Float32Array;
}

function draw(rng: Rng, { dim, map, centres, count, spread, noise, offset }: Shape): Vectors {
  const data = new Float32Array(count * dim);
  for (let row = 0; row < count; row++) {
    const out = data.subarray(row * dim, (row + 1) * dim);
    const cluster = Math.floor(rng.uniform() ** 1.5 * clusters);
    for (let j = 0; j < dim; j++) out[j] = offset[j]! + noise * rng.normal();
    for (let l = 0; l < latent; l++) {
      const z = centres[cluster * latent + l]! + spread * rng.normal();
      for (let j = 0; j < dim; j++) out[j]! += z * map[l * dim + j]!;
    }
  }
  return l2Normalize(createVectors(data, dim));
}

function offset(rng: Rng, dim: number): Float32Array {
  const direction = l2Normalize(createVectors(normals(rng, dim), dim)).data;
  return direction.map((x) => x * gap * Math.sqrt(latent * dim));
}

function normals(rng: Rng, count: number): Float32Array {
  return Float32Array.from({ length: count }, () => rng.normal());
}
