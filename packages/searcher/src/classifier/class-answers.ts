import { type Classification, createVectors, type Vectors } from '@nearkin/core';
import type { Hit } from '../search/search-options.js';
import type { SearchIndex } from '../state/search-index.js';

export interface ClassAnswerOptions {
  readonly k: number;
  /** Place of each label among equals. */
  readonly order: ReadonlyMap<string, number>;
  isUnknown(label: string, score: number): boolean;
}

/**
 * The best `k` classes of every vector by their nearest row: rows are searched for until no further class can
 * overtake. Exact for kinds that look at every row; partitions that are not searched cannot decide.
 */
export async function answerClasses(
  index: SearchIndex,
  vectors: Vectors,
  options: ClassAnswerOptions,
): Promise<Classification[][]> {
  const wanted = Math.min(options.k, options.order.size);
  let rows = Math.min(index.count, Math.max(16, 4 * wanted));
  const answers = new Array<Classification[]>(vectors.count);
  let open = Array.from({ length: vectors.count }, (_, q) => q);
  while (open.length > 0) {
    const data = new Float32Array(open.length * vectors.dim);
    open.forEach((q, i) => {
      data.set(vectors.data.subarray(q * vectors.dim, (q + 1) * vectors.dim), i * vectors.dim);
    });
    const found = await index.searchBatch(createVectors(data, vectors.dim), { k: rows });
    open = open.filter((q, i) => {
      const answer = decide(found[i]!, { ...options, k: wanted, all: rows >= index.count });
      if (answer) answers[q] = answer;
      return !answer;
    });
    rows = Math.min(index.count, 4 * rows);
  }
  return answers;
}

/** @returns undefined while rows that were not looked at could change the answer */
function decide(
  hits: readonly Hit[],
  { k, order, isUnknown, all }: ClassAnswerOptions & { all: boolean },
): Classification[] | undefined {
  const best = new Map<string, Hit>();
  for (const hit of hits) if (hit.label !== undefined && !best.has(hit.label)) best.set(hit.label, hit);
  const ranked = [...best.values()].sort((a, b) => b.score - a.score || order.get(a.label!)! - order.get(b.label!)!);
  // Rows as good as the last class may belong to a class that stands before it.
  if (!all && !(ranked.length >= k && hits.at(-1)!.score < ranked[k - 1]!.score)) return undefined;
  return ranked.slice(0, k).map(({ id, label, score }) => ({
    label: label!,
    score: Math.max(-1, Math.min(1, score)),
    nearestId: id,
    unknown: isUnknown(label!, score),
  }));
}
