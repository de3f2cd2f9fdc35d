import { NearkinError } from '@nearkin/core';

/** One side of a comparison, as far as identity goes. */
interface Side {
  readonly vectors: { readonly count: number };
  readonly ids?: readonly string[] | undefined;
}

/**
 * The gallery row that is the query itself: by id where both sides have ids, else the same index. -1 where it is not
 * in the gallery.
 *
 * @throws {NearkinError} `INVALID_ARGUMENT` when there are no ids and the sides differ in length
 */
export function selfRows(queries: Side, gallery: Side): Int32Array {
  const { count } = queries.vectors;
  if (queries !== gallery && queries.ids && gallery.ids) {
    const rows = new Map(gallery.ids.map((id, row) => [id, row]));
    return Int32Array.from(queries.ids, (id) => rows.get(id) ?? -1);
  }
  if (count !== gallery.vectors.count)
    throw new NearkinError(
      'INVALID_ARGUMENT',
      `excludeSelf needs ids on both sides, or a gallery row for each of the ${count} queries, got ${gallery.vectors.count} rows.`,
      { details: { queries: count, gallery: gallery.vectors.count } },
    );
  return Int32Array.from({ length: count }, (_, row) => row);
}
