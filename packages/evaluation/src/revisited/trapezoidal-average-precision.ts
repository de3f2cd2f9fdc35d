/**
 * Area under precision and recall by trapezoids: at each positive the mean of the precision just before and just
 * after it, over the number of positives there are.
 *
 * @param ranks zero-based ranks of the retrieved positives, ascending
 * @param positives positives there are, at least 1
 * @source Philbin et al., CVPR 2007 (the Oxford benchmark's `compute_ap`); Radenović et al., CVPR 2018
 */
export function trapezoidalAveragePrecision(ranks: readonly number[], positives: number): number {
  let sum = 0;
  ranks.forEach((rank, found) => {
    const before = rank === 0 ? 1 : found / rank;
    const after = (found + 1) / (rank + 1);
    sum += (before + after) / 2;
  });
  return sum / positives;
}
