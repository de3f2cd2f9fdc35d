/**
 * What readers look for first, and what runs are compared by unless told otherwise: few, because every further
 * comparison makes the others less sure.
 */
export const mainMetrics: readonly string[] = [
  'top1',
  'top5',
  'hitRate@1',
  'apAtR',
  'rPrecision',
  'averagePrecision',
  'reciprocalRank',
];
