import { type Gallery, type JobOptions, NearkinError } from '@nearkin/core';
import { scanRows } from './scan-rows.js';

export interface DuplicateOptions extends JobOptions {
  /** Cosine from which two rows count as the same picture; default 0.98. */
  readonly minSimilarity?: number | undefined;
  /** Whether pairs inside one class count too; default false: those do no harm. */
  readonly withinClasses?: boolean | undefined;
}

/** Two rows that are nearly the same. */
export interface DuplicatePair {
  readonly ids: readonly [string, string];
  readonly labels: readonly [string, string];
  readonly similarity: number;
}

/**
 * Finds rows that are nearly identical though their labels differ: one of the two is probably in the wrong album.
 *
 * @returns most similar first; equal ones in gallery order. Zero rows are like nothing
 * @throws {NearkinError} `INVALID_ARGUMENT` for a similarity outside of -1 to 1, `ABORTED`, `BACKEND_UNAVAILABLE`
 * @example
 * await findDuplicates(gallery);
 * // [{ ids: ['pear/3.jpg', 'apple/9.jpg'], labels: ['pear', 'apple'], similarity: 0.997 }]
 */
export async function findDuplicates(gallery: Gallery, options: DuplicateOptions = {}): Promise<DuplicatePair[]> {
  const { minSimilarity = 0.98, withinClasses = false } = options;
  if (!(minSimilarity >= -1 && minSimilarity <= 1))
    throw new NearkinError('INVALID_ARGUMENT', `Expected minSimilarity from -1 to 1, got ${minSimilarity}.`, {
      details: { minSimilarity },
    });
  const { ids, labels } = gallery;
  const pairs: DuplicatePair[] = [];
  await scanRows(
    gallery,
    (row, cosines) => {
      for (let other = row + 1; other < cosines.length; other++) {
        const similarity = cosines[other]!;
        if (similarity < minSimilarity || (!withinClasses && labels[row] === labels[other])) continue;
        pairs.push({
          ids: [ids[row]!, ids[other]!],
          labels: [labels[row]!, labels[other]!],
          similarity: Math.min(1, similarity),
        });
      }
    },
    options,
  );
  return pairs.sort((a, b) => b.similarity - a.similarity);
}
