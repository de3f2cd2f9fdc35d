import type { SearchIndex } from '../state/search-index.js';

/** Ids of all rows, in their order. */
export function rowIds({ state }: SearchIndex): string[] {
  const { rows } = state;
  return rows.rows().map((row) => rows.id(row)!);
}
