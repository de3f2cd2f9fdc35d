import type { IndexStats } from '@nearkin/searcher';

export interface TriedSetting {
  readonly name: string;
  readonly search: { readonly partitionsToSearch?: number; readonly reorder?: number };
  /** What a search does that says nothing. */
  readonly stored: boolean;
}

/** Settings around the stored one: fewer and more partitions, fewer and more candidates. */
export function settingsToTry({ kind, partitions, search, reorder: rows }: IndexStats): TriedSetting[] {
  if (kind !== 'partitioned') return [{ name: 'every row compared', search: {}, stored: true }];
  const widths = around(search.partitionsToSearch).filter((count) => count <= partitions);
  const depths =
    rows === 'none'
      ? [search.reorder]
      : [...new Set([Math.max(10, search.reorder >> 1), search.reorder, search.reorder * 2])];
  const again = rows === 'none' ? '' : `, reorder ${search.reorder}`;
  const stored = { name: `as stored: up to ${search.partitionsToSearch} partitions${again}`, search: {}, stored: true };
  const counted = widths.flatMap((partitionsToSearch) =>
    depths.map((reorder) => ({
      name: `${partitionsToSearch} of ${partitions} partitions${rows === 'none' ? '' : `, reorder ${reorder}`}`,
      search: { partitionsToSearch, reorder },
      stored:
        search.partitionGap === undefined &&
        partitionsToSearch === search.partitionsToSearch &&
        reorder === search.reorder,
    })),
  );
  return search.partitionGap === undefined ? counted : [stored, ...counted];
}

function around(stored: number): number[] {
  return [...new Set([stored >> 3, stored >> 2, stored >> 1, stored, stored * 2, stored * 4])].filter(
    (count) => count > 0,
  );
}
