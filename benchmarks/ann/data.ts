import { createRng, createVectors, l2Normalize, type Vectors } from '@nearkin/core';

/** Rows and queries to search with; cosine. */
export interface AnnData {
  readonly name: string;
  readonly rows: Vectors;
  readonly queries: Vectors;
}

const latent = 24;
const clusters = 5000;

/**
 * Embedding-like rows: 5,000 clusters of uneven size in 24 latent dimensions, mapped to `dim` with noise, unit length.
 * Queries lie elsewhere, as texts do among pictures: the same latent point through a map that differs in part.
 */
export function clusteredData({
  count,
  dim,
  queries,
  seed,
}: {
  count: number;
  dim: number;
  queries: number;
  seed: number;
}): AnnData {
  const rng = createRng(seed);
  const map = Float32Array.from({ length: latent * dim }, rng.normal);
  const other = map.map((value) => 0.8 * value + 0.6 * rng.normal());
  const offset = Float32Array.from({ length: dim }, () => 0.8 * rng.normal());
  const centers = Float32Array.from({ length: clusters * latent }, rng.normal);
  const draw = (n: number, through: Float32Array, shift: boolean) => {
    const data = new Float32Array(n * dim);
    const z = new Float32Array(latent);
    for (let i = 0; i < n; i++) {
      const c = Math.floor(rng.uniform() ** 1.5 * clusters);
      for (let l = 0; l < latent; l++) z[l] = centers[c * latent + l]! + 0.5 * rng.normal();
      for (let j = 0; j < dim; j++) data[i * dim + j] = 0.5 * rng.normal() + (shift ? offset[j]! : 0);
      for (let l = 0; l < latent; l++)
        for (let j = 0; j < dim; j++) data[i * dim + j]! += z[l]! * through[l * dim + j]!;
    }
    return l2Normalize(createVectors(data, dim));
  };
  return {
    name: `clustered ${count} x ${dim}, out-of-distribution queries`,
    rows: draw(count, map, false),
    queries: draw(queries, other, true),
  };
}
