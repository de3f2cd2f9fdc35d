import type { IndexState } from '../state/index-state.js';

/** Reads off the partitions where every row is, and its copy where it has one. */
export function placeRows({ header, store, rows, kernels }: IndexState): void {
  const ids = store.column('row.ids')!;
  const placed = new Uint8Array(rows.end);
  rows.clearCopies();
  for (let p = 0; p < header.partitions; p++) {
    const count = store.count(p);
    if (count === 0) continue;
    const list = kernels.memory.u32(store.offset(p, ids), count);
    for (let slot = 0; slot < count; slot++) {
      const row = list[slot]!;
      if (placed[row]) rows.placeCopy(row, p, slot);
      else rows.place(row, p, slot);
      placed[row] = 1;
    }
  }
}
