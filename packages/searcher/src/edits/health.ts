import type { IndexState } from '../state/index-state.js';

/** How well the partitions and codes still fit the rows. */
export interface IndexHealth {
  readonly rows: number;
  readonly partitions: number;
  readonly emptyPartitions: number;
  readonly largestPartition: number;
  /**
   * Rows scanned by a search that meets every row alike, against equal partitions: 1 is perfect, 2 means twice the work.
   */
  readonly imbalance: number;
  /** Mean squared code error of rows added since the build divided by that of the build; 1 when none were added or nothing is coded. */
  readonly drift: number;
  /** True when `rebalance` would help: imbalance above 3 or drift above 1.25. */
  readonly rebalance: boolean;
}

export function measureHealth({ header, store, rows, addedError }: IndexState): IndexHealth {
  const counts = Array.from({ length: header.partitions }, (_, p) => store.count(p));
  const squares = counts.reduce((sum, count) => sum + count * count, 0);
  const stored = counts.reduce((a, b) => a + b, 0);
  const imbalance = stored === 0 ? 1 : (header.partitions * squares) / stored ** 2;
  const trained = header.codeError ?? 0;
  const drift = trained > 0 && addedError.rows > 0 ? addedError.sum / addedError.rows / trained : 1;
  return {
    rows: rows.size,
    partitions: header.partitions,
    emptyPartitions: counts.filter((count) => count === 0).length,
    largestPartition: counts.reduce((a, b) => Math.max(a, b), 0),
    imbalance,
    drift,
    rebalance: imbalance > 3 || drift > 1.25,
  };
}
