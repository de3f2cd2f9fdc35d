/** A row and how far it is. */
export interface RowDistance {
  readonly row: number;
  readonly distance: number;
}

/** Distances of this size and beyond are never near: the list starts with it as its bound. */
const farthest = 3.4028234663852886e38;

/** The nearest rows offered so far. */
export interface NearestList {
  offer(row: number, distance: number): void;
  /** Nearest first; equal distances: smaller row first. */
  take(): RowDistance[];
}

/**
 * Keeps the `limit` nearest rows. The device leaves open which of several equally distant rows it keeps at the end of
 * the list, and their order; here the smaller row wins. Distances that are no numbers are never kept, as there.
 *
 * @source TensorFlow Lite Support, scann_ondevice/cc/core/top_n_amortized_constant.h
 */
export function createNearestList(limit: number): NearestList {
  let kept: RowDistance[] = [];
  let bound = farthest;
  const cut = () => {
    kept.sort((a, b) => a.distance - b.distance || a.row - b.row);
    kept = kept.slice(0, limit);
  };
  return {
    offer(row, distance) {
      // Equal to the bound may still win by its row; partitions are not visited in the order of rows.
      if (!(distance <= bound && distance < farthest)) return;
      kept.push({ row, distance });
      if (kept.length < 2 * limit) return;
      cut();
      bound = kept.at(-1)!.distance;
    },
    take() {
      cut();
      return kept;
    },
  };
}
