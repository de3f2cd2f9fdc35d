import { startsOf } from './pair-list.js';
import type { PairBatch } from './pair-loss.js';

/** The cells of a row's positive and negative pairs in the matrix of values. */
export interface AnchorPairs {
  readonly anchor: number;
  readonly positives: Int32Array;
  readonly negatives: Int32Array;
}

/** The pairs of each row of a batch, each pair once. Rows without pairs are there too. */
export function pairsByAnchor(batch: PairBatch): AnchorPairs[] {
  const { positives, negatives } = batch.pairs({ repeats: false });
  const cells = [positives, negatives].map(({ anchors, others }) =>
    anchors.map((anchor, i) => anchor * batch.columns + others[i]!),
  );
  const starts = [startsOf(positives, batch.rows), startsOf(negatives, batch.rows)];
  const slice = (side: number, row: number) => cells[side]!.subarray(starts[side]![row]!, starts[side]![row + 1]!);
  return Array.from({ length: batch.rows }, (_, anchor) => ({
    anchor,
    positives: slice(0, anchor),
    negatives: slice(1, anchor),
  }));
}
