import {
  assertFinite,
  createRng,
  createVectors,
  type JobOptions,
  NearkinError,
  throwIfAborted,
  type Vectors,
  vectorAt,
} from '@nearkin/core';
import { UMAP } from 'umap-js';
import { assertCount } from '../numbers/check.js';

export interface UmapOptions extends JobOptions {
  /** Rows that count as near each row; more gives a smoother picture of the whole. Default 15, at most n - 1. */
  readonly neighbors?: number | undefined;
  /** How close points may lie, 0 to 1; default 0.1. */
  readonly minDistance?: number | undefined;
  /** Rounds; default 500 for up to 2,500 rows and fewer for more, as umap-js has it. */
  readonly epochs?: number | undefined;
  /** Default 0. */
  readonly seed?: number | undefined;
}

/** umap-js spreads rows over a graph of neighbours; fewer leave it nothing to spread. */
const fewestRows = 4;

/**
 * A flat map that keeps neighbours together, by UMAP (the package umap-js), Euclidean distance. Normalise the rows
 * first for cosine. Distances between clusters on such a map mean little, and neither do its axes.
 *
 * The same seed gives the same map on the same JavaScript engine. Engines round `Math.pow` differently in the last
 * bit, and UMAP's rounds make that grow: another engine's map looks alike and is not the same. `projectPca` is.
 *
 * @param vectors shape `[n, dim]`, n at least 4
 * @returns shape `[n, 2]`
 * @throws {NearkinError} `EMPTY_GALLERY` for fewer than 4 rows, `NON_FINITE`, `INVALID_ARGUMENT`, `ABORTED`
 * @source L. McInnes, J. Healy and J. Melville, "UMAP: Uniform Manifold Approximation and Projection for Dimension
 *   Reduction", arXiv:1802.03426
 * @example
 * const { coordinates } = await projectUmap(l2Normalize(gallery.vectors), { seed: 7 });
 */
export async function projectUmap(vectors: Vectors, options: UmapOptions = {}): Promise<{ coordinates: Vectors }> {
  const { neighbors = 15, minDistance = 0.1, epochs, seed = 0, signal, onProgress } = options;
  const { count } = vectors;
  assertCount('neighbors', neighbors, 2);
  if (epochs !== undefined) assertCount('epochs', epochs);
  if (!(minDistance >= 0 && minDistance <= 1))
    throw new NearkinError('INVALID_ARGUMENT', `Expected a minDistance from 0 to 1, got ${minDistance}.`, {
      details: { minDistance },
    });
  if (count < fewestRows)
    throw new NearkinError(
      'EMPTY_GALLERY',
      `Expected at least ${fewestRows} rows for a UMAP, got ${count}; lay them out by projectPca.`,
      { details: { count } },
    );
  assertFinite(vectors);
  throwIfAborted(signal);
  const umap = new UMAP({
    nComponents: 2,
    nNeighbors: Math.min(neighbors, count - 1),
    minDist: minDistance,
    random: createRng(seed).uniform,
    ...(epochs === undefined ? {} : { nEpochs: epochs }),
  });
  const total = umap.initializeFit(Array.from({ length: count }, (_, row) => [...vectorAt(vectors, row)]));
  for (let done = 0; done < total; ) {
    umap.step();
    done++;
    if (done % 25 !== 0 && done !== total) continue;
    onProgress?.({ done, total, phase: 'map' });
    // Let a click on Cancel, or a timer, get through between rounds.
    await new Promise((resolve) => setTimeout(resolve));
    throwIfAborted(signal);
  }
  return Object.freeze({ coordinates: createVectors(Float32Array.from(umap.getEmbedding().flat()), 2) });
}
