/** Unit rows, row-major. */
export interface Rows {
  readonly data: Float32Array;
  readonly dim: number;
}

/**
 * The rank of each query's own row (the row of its number) among the gallery: 1 + the rows that score at least as high.
 *
 * @param options.queries numbers of rows
 * @param options.gallery numbers of rows to compare with
 */
export function ranksOfOwn(
  queryRows: Rows,
  galleryRows: Rows,
  { queries, gallery }: { readonly queries: readonly number[]; readonly gallery: readonly number[] },
): number[] {
  const { dim } = queryRows;
  const score = (q: number, g: number) => {
    let sum = 0;
    for (let i = 0; i < dim; i++) sum += queryRows.data[q * dim + i]! * galleryRows.data[g * dim + i]!;
    return sum;
  };
  return queries.map((own) => {
    const mine = score(own, own);
    return 1 + gallery.filter((g) => g !== own && score(own, g) >= mine).length;
  });
}

/** Share of ranks up to k, in %. */
export function recallAt(ranks: readonly number[], k: number): number {
  return (100 * ranks.filter((rank) => rank <= k).length) / ranks.length;
}
