import { throwIfAborted, type Vectors } from '@nearkin/core';
import { prepareVectors, type RetrievalDistance, similarityOf } from './retrieval-distance.js';
import { createTopK } from './top-k.js';

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

/** Gallery bytes that are scored for all queries of a chunk before the next ones: about a second-level cache. */
const blockBytes = 1 << 18;

/** Multiplications, about a tenth of a second, after which others get a turn and the signal is looked at. */
const pauseAfter = 2 ** 27;

/**
 * Compares every query with every gallery row in double precision: the reference for faster engines. Memory beyond
 * the vectors: queries x k.
 */
export function createExactScan(gallery: Vectors, distance: RetrievalDistance): NeighborSearch {
  const rows = prepareVectors(gallery, distance);
  const similarity = similarityOf(distance);
  const blockRows = Math.max(1, Math.floor(blockBytes / (4 * gallery.dim)));
  return {
    async search(queries, { k, signal }) {
      const asked = prepareVectors(queries, distance);
      const found: NeighborRows = {
        k,
        indices: new Int32Array(asked.count * k).fill(-1),
        scores: new Float64Array(asked.count * k),
      };
      const best = Array.from({ length: asked.count }, () => createTopK(Math.min(k, rows.count)));
      let work = 0;
      for (let start = 0; start < rows.count; start += blockRows) {
        const end = Math.min(start + blockRows, rows.count);
        work += asked.count * (end - start) * rows.dim;
        if (work > pauseAfter) {
          work = 0;
          await new Promise((resolve) => setTimeout(resolve));
          throwIfAborted(signal);
        }
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
