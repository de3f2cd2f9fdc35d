/** How two partitions of the same items overlap. */
export interface Contingency {
  readonly n: number;
  /** Sizes of the parts on either side. */
  readonly rows: readonly number[];
  readonly columns: readonly number[];
  /** Cells that are not empty. */
  readonly cells: readonly { readonly row: number; readonly column: number; readonly count: number }[];
}

export function contingency(a: ArrayLike<string | number>, b: ArrayLike<string | number>): Contingency {
  const rowOf = new Map<string | number, number>();
  const columnOf = new Map<string | number, number>();
  const rows: number[] = [];
  const columns: number[] = [];
  const counts = new Map<number, Map<number, number>>();
  for (let i = 0; i < a.length; i++) {
    const row = place(rowOf, rows, a[i]!);
    const column = place(columnOf, columns, b[i]!);
    const line = counts.get(row) ?? new Map<number, number>();
    counts.set(row, line);
    line.set(column, (line.get(column) ?? 0) + 1);
  }
  const cells = [...counts].flatMap(([row, line]) => [...line].map(([column, count]) => ({ row, column, count })));
  return { n: a.length, rows, columns, cells };
}

function place(places: Map<string | number, number>, sizes: number[], label: string | number): number {
  const at = places.get(label) ?? sizes.push(0) - 1;
  places.set(label, at);
  sizes[at]!++;
  return at;
}
