import { l2Normalize, NearkinError, type Vectors } from '@nearkin/core';
import { createTopK } from './top-k.js';

/** What near means. Scores are similarities: a distance is negated. */
export type RetrievalDistance = 'cosine' | 'dot' | 'euclidean' | 'squaredEuclidean' | 'manhattan';

/** The nearest gallery rows of a chunk of queries, row-major `[queries, k]`, best first; unused places have index -1. */
export interface NeighborRows {
  readonly k: number;
  readonly indices: Int32Array;
  /** Similarities, higher is better: cosine, dot product, or the negated distance. */
  readonly scores: Float64Array;
}

/** Finds nearest rows of one gallery. Every engine gives the same rows as {@link createExactScan}. */
export interface NeighborSearch {
  /** Queries as the user gave them, shape `[n, dim]`; equal scores by smaller index. */
  search(queries: Vectors, options: { k: number; signal?: AbortSignal | undefined }): Promise<NeighborRows>;
  dispose(): void;
}

const distances: readonly RetrievalDistance[] = ['cosine', 'dot', 'euclidean', 'squaredEuclidean', 'manhattan'];

/** Gallery bytes that are scored for all queries of a chunk before the next ones: about a second-level cache. */
const blockBytes = 1 << 18;

/** @throws {NearkinError} `INVALID_ARGUMENT` for an unknown distance */
export function assertDistance(distance: RetrievalDistance): void {
  if (!distances.includes(distance))
    throw new NearkinError('INVALID_ARGUMENT', `Expected a distance of ${distances.join(', ')}, got ${distance}.`, {
      details: { distance },
    });
}

/**
 * Compares every query with every gallery row in double precision: the reference for faster engines. Memory beyond
 * the vectors: queries x k.
 */
export function createExactScan(gallery: Vectors, distance: RetrievalDistance): NeighborSearch {
  assertDistance(distance);
  const rows = distance === 'cosine' ? l2Normalize(gallery) : gallery;
  const similarity = similarities[distance];
  const blockRows = Math.max(1, Math.floor(blockBytes / (4 * gallery.dim)));
  return {
    async search(queries, { k }) {
      const asked = distance === 'cosine' ? l2Normalize(queries) : queries;
      const found: NeighborRows = {
        k,
        indices: new Int32Array(asked.count * k).fill(-1),
        scores: new Float64Array(asked.count * k),
      };
      const best = Array.from({ length: asked.count }, () => createTopK(Math.min(k, rows.count)));
      for (let start = 0; start < rows.count; start += blockRows) {
        const end = Math.min(start + blockRows, rows.count);
        for (let q = 0; q < asked.count; q++) {
          const top = best[q]!;
          for (let row = start; row < end; row++) {
            const score = similarity(asked, q, rows, row);
            if (score > top.floor()) top.offer(score, row);
          }
        }
      }
      best.forEach((top, q) => {
        top.drain({ indices: found.indices, scores: found.scores, at: q * k });
      });
      if (distance === 'euclidean')
        for (let i = 0; i < found.scores.length; i++) found.scores[i] = 0 - Math.sqrt(-found.scores[i]!);
      return found;
    },
    dispose() {},
  };
}

type Similarity = (queries: Vectors, q: number, gallery: Vectors, row: number) => number;

const similarities: Record<RetrievalDistance, Similarity> = {
  cosine: dotProduct,
  dot: dotProduct,
  euclidean: negatedSquare,
  squaredEuclidean: negatedSquare,
  manhattan(queries, q, gallery, row) {
    const { dim } = queries;
    let sum = 0;
    for (let i = 0, a = q * dim, b = row * dim; i < dim; i++)
      sum += Math.abs(queries.data[a + i]! - gallery.data[b + i]!);
    return 0 - sum;
  },
};

function dotProduct(queries: Vectors, q: number, gallery: Vectors, row: number): number {
  const { dim, data: x } = queries;
  const { data: y } = gallery;
  const a = q * dim;
  const b = row * dim;
  let even = 0;
  let odd = 0;
  let i = 0;
  for (; i + 1 < dim; i += 2) {
    even += x[a + i]! * y[b + i]!;
    odd += x[a + i + 1]! * y[b + i + 1]!;
  }
  if (i < dim) even += x[a + i]! * y[b + i]!;
  return even + odd;
}

function negatedSquare(queries: Vectors, q: number, gallery: Vectors, row: number): number {
  const { dim, data: x } = queries;
  const { data: y } = gallery;
  let sum = 0;
  for (let i = 0, a = q * dim, b = row * dim; i < dim; i++) {
    const difference = x[a + i]! - y[b + i]!;
    sum += difference * difference;
  }
  return 0 - sum;
}
