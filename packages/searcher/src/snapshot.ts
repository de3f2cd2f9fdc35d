import type { IndexHeader } from './index-header.js';

/**
 * An index as plain bytes: what a file holds, and nothing that a file cannot hold.
 *
 * Rows stand in partition order (partition 0's rows, then partition 1's, …; kinds without partitions have one). Row r of
 * this order is the gallery's row `row.ids[r]`; `ids`, `labels` and `metadata` are in gallery order.
 */
export interface IndexSnapshot {
  readonly header: IndexHeader;
  /** By {@link SectionName}; little-endian, tightly packed as {@link sectionLayout} says. */
  readonly sections: ReadonlyMap<string, Uint8Array>;
  readonly ids: readonly string[];
  readonly labels?: readonly string[] | undefined;
  readonly metadata?: readonly unknown[] | undefined;
}

export type { IndexHeader } from './index-header.js';
