import { createVectors, type Vectors } from '@nearkin/core';
import type { NeighborRows, NeighborSearch } from './exact-scan.js';

/** One query's results, best first, without the query itself. */
export interface RetrievedList {
  readonly indices: Int32Array;
  readonly scores: Float64Array;
}

/**
 * Retrieves the lists of a chunk of queries.
 *
 * @param chunk.self gallery row to leave out of each list, -1 for none; found by its index, wherever it stands
 * @param options.depth results wanted
 * @param options.wholeTies go on until the last group of equal scores is whole, so that its order can be settled
 * @param options.galleryCount rows there are to find
 */
export async function retrieveLists(
  search: NeighborSearch,
  chunk: { readonly queries: Vectors; readonly self: Int32Array },
  options: {
    readonly depth: number;
    readonly wholeTies: boolean;
    readonly galleryCount: number;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<RetrievedList[]> {
  const { queries, self } = chunk;
  const { depth, wholeTies, galleryCount, signal } = options;
  const lists = new Array<RetrievedList>(queries.count);
  let open = Array.from(lists, (_, q) => q);
  let wanted = Math.min(depth, galleryCount);
  for (;;) {
    // One more for the query itself, one more to see whether the last score goes on.
    const k = Math.min(galleryCount, wanted + 1 + (wholeTies ? 1 : 0));
    const found = await search.search(open.length === queries.count ? queries : rowsOf(queries, open), { k, signal });
    const cut: number[] = [];
    open.forEach((q, i) => {
      const list = withoutSelf(found, i, self[q]!);
      const { scores } = list;
      const goesOn = wholeTies && k < galleryCount && scores.length > wanted && scores[wanted] === scores[wanted - 1];
      if (goesOn) cut.push(q);
      else
        lists[q] = wholeTies ? list : { indices: list.indices.subarray(0, wanted), scores: scores.subarray(0, wanted) };
    });
    if (cut.length === 0) return lists;
    open = cut;
    wanted = Math.min(galleryCount, wanted * 4);
  }
}

function withoutSelf(found: NeighborRows, i: number, self: number): RetrievedList {
  const { k } = found;
  let end = k;
  while (end > 0 && found.indices[i * k + end - 1] === -1) end--;
  const indices = found.indices.subarray(i * k, i * k + end);
  const scores = found.scores.subarray(i * k, i * k + end);
  const at = self < 0 ? -1 : indices.indexOf(self);
  if (at < 0) return { indices, scores };
  indices.copyWithin(at, at + 1);
  scores.copyWithin(at, at + 1);
  return { indices: indices.subarray(0, end - 1), scores: scores.subarray(0, end - 1) };
}

function rowsOf(vectors: Vectors, rows: readonly number[]): Vectors {
  const { data, dim } = vectors;
  const copy = new Float32Array(rows.length * dim);
  rows.forEach((row, i) => {
    copy.set(data.subarray(row * dim, (row + 1) * dim), i * dim);
  });
  return createVectors(copy, dim);
}
