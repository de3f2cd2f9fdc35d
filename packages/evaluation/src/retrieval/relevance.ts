import { NearkinError } from '@nearkin/core';

/** Which gallery rows answer a query. */
export interface Relevance {
  /** R: relevant rows, without the query itself. */
  count(query: number): number;
  /** A test for one query's rows. */
  test(query: number): (row: number) => boolean;
}

/**
 * Rows with the query's label. The label '' means none: it matches nothing.
 *
 * @param self gallery row of each query, -1 where it has none
 */
export function relevanceByLabel(
  labels: { readonly queries: ArrayLike<string | number>; readonly gallery: ArrayLike<string | number> },
  self: Int32Array,
): Relevance {
  const codes = new Map<string | number, number>();
  const counts: number[] = [];
  const rowCodes = Int32Array.from({ length: labels.gallery.length }, (_, row) => {
    const label = labels.gallery[row]!;
    if (label === '') return -1;
    const code = codes.get(label) ?? counts.push(0) - 1;
    codes.set(label, code);
    counts[code]!++;
    return code;
  });
  const codeOf = (query: number) => codes.get(labels.queries[query]!) ?? -2;
  return {
    count(query) {
      const code = codeOf(query);
      if (code < 0) return 0;
      const own = self[query]!;
      return counts[code]! - (own >= 0 && rowCodes[own] === code ? 1 : 0);
    },
    test(query) {
      const code = codeOf(query);
      return (row) => rowCodes[row] === code;
    },
  };
}

/**
 * Rows listed for each query; the query's own row and repeats do not count.
 *
 * @throws {NearkinError} `INVALID_ARGUMENT` for a row that the gallery does not have
 */
export function relevanceByRows(
  lists: ArrayLike<ArrayLike<number>>,
  self: Int32Array,
  galleryCount: number,
): Relevance {
  const rowsOf = (query: number) => {
    const rows = new Set<number>(Array.from(lists[query]!));
    rows.delete(self[query]!);
    return rows;
  };
  const counts = Uint32Array.from({ length: lists.length }, (_, query) => {
    const rows = rowsOf(query);
    for (const row of rows)
      if (!Number.isInteger(row) || row < 0 || row >= galleryCount)
        throw new NearkinError(
          'INVALID_ARGUMENT',
          `Expected relevant rows from 0 to ${galleryCount - 1}, got ${row} for query ${query}.`,
          { details: { query, row, count: galleryCount } },
        );
    return rows.size;
  });
  return {
    count: (query) => counts[query]!,
    test(query) {
      const rows = rowsOf(query);
      return (row) => rows.has(row);
    },
  };
}
