import { NearkinError, type Vectors } from '@nearkin/core';
import type { NeighborRows, NeighborSearch } from './exact-scan.js';

/** Asks an index for the `k` best rows of each query, best first: an index's `searchBatch` fits. Fewer may come back. */
export type IndexSearch = (
  queries: Vectors,
  options: { readonly k: number; readonly signal?: AbortSignal | undefined },
) => Promise<IndexHits> | IndexHits;

/** Hits of each query; a hit has the id of a gallery row, and a similarity. */
export type IndexHits = readonly (readonly { readonly id: string; readonly score: number }[])[];

/**
 * Makes an index a {@link NeighborSearch} by looking up the rows of its ids.
 *
 * @throws {NearkinError} `INVALID_ARGUMENT` without gallery ids
 */
export function searchByIndex(search: IndexSearch, ids: readonly string[] | undefined): NeighborSearch {
  if (!ids)
    throw new NearkinError(
      'INVALID_ARGUMENT',
      'An index answers with ids; give the gallery with its ids to know them.',
    );
  const rows = new Map(ids.map((id, row) => [id, row]));
  return {
    async search(queries, options) {
      const answers = await search(queries, options);
      if (answers.length !== queries.count)
        throw new NearkinError(
          'INVALID_ARGUMENT',
          `Expected the index to answer ${queries.count} queries, got ${answers.length} answers.`,
          { details: { expected: queries.count, received: answers.length } },
        );
      const { k } = options;
      const found: NeighborRows = {
        k,
        indices: new Int32Array(queries.count * k).fill(-1),
        scores: new Float64Array(queries.count * k),
      };
      answers.forEach((hits, q) => {
        const seen = new Set<string>();
        hits.slice(0, k).forEach(({ id, score }, r) => {
          if (seen.has(id))
            throw new NearkinError('DUPLICATE_ID', `The index answered ${JSON.stringify(id)} twice to one query.`, {
              details: { id },
            });
          seen.add(id);
          const row = rows.get(id);
          if (row === undefined)
            throw new NearkinError(
              'UNKNOWN_ID',
              `The index answered ${JSON.stringify(id)}, which is not in the gallery; was it built from another one?`,
              { details: { id } },
            );
          if (!Number.isFinite(score))
            throw new NearkinError('NON_FINITE', `Expected finite scores from the index, got ${score} for ${id}.`);
          found.indices[q * k + r] = row;
          found.scores[q * k + r] = score;
        });
      });
      return found;
    },
    dispose() {},
  };
}
