import type { Classification } from '@nearkin/core';
import { topIndices } from '../matching/top-indices.js';
import type { ScoredQuery } from './class-scorer.js';
import type { Thresholds } from './thresholds.js';

/** The best `k` classes of a scored query, as an answer. */
export function toClassifications(
  { labels, scores, nearest }: ScoredQuery,
  { k, thresholds }: { readonly k: number; readonly thresholds: Thresholds },
): Classification[] {
  return topIndices(scores, k).map((c) => {
    const label = labels[c]!;
    const score = scores[c]!;
    return {
      label,
      // Rounding may put a cosine a hair beyond 1.
      score: Math.max(-1, Math.min(1, score)),
      nearestId: nearest(c),
      unknown: thresholds.isUnknown(label, score),
    };
  });
}
