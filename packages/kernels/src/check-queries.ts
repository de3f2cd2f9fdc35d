import { assertFinite, NearkinError, type Vectors } from '@nearkin/core';

/** What every exact search wants of its queries. */
export function checkQueries(asked: {
  readonly queries: Vectors;
  readonly k: number;
  readonly exclude?: Int32Array | undefined;
  readonly dim: number;
}): void {
  const { queries, k, exclude, dim } = asked;
  if (queries.dim !== dim)
    throw new NearkinError(
      'DIMENSION_MISMATCH',
      `Expected ${dim}-d queries as the rows are, got ${queries.dim}-d; were they made by another embedder?`,
      { details: { expected: dim, received: queries.dim } },
    );
  if (!Number.isInteger(k) || k < 0)
    throw new NearkinError('INVALID_ARGUMENT', `Expected a whole k of at least 0, got ${k}.`, { details: { k } });
  if (exclude && exclude.length !== queries.count)
    throw new NearkinError(
      'INVALID_ARGUMENT',
      `Expected ${queries.count} rows to exclude, one for each query, got ${exclude.length}.`,
    );
  assertFinite(queries);
}
