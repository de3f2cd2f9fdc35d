import { assertSameLength } from '../numbers/check.js';
import { type Contingency, contingency } from './contingency.js';
import { expectedMutualInformation } from './expected-mutual-information.js';

export interface ClusteringMetricsOptions {
  /** The true class of each item. */
  readonly labels: ArrayLike<string | number>;
  /** The cluster each item was put in. */
  readonly clusters: ArrayLike<string | number>;
}

/** Plain JSON; null for no items. */
export interface ClusteringMetrics {
  readonly items: number;
  readonly classCount: number;
  readonly clusterCount: number;
  /** Mutual information over the arithmetic mean of both entropies, 0 to 1. */
  readonly nmi: number | null;
  /** The same above what chance gives, at most 1; about 0 for random clusters. */
  readonly ami: number | null;
  /** Pairs put together or apart alike, above chance, -0.5 to 1. */
  readonly ari: number | null;
  /** Share of items in the majority class of their cluster. */
  readonly purity: number | null;
}

/**
 * How well clusters match classes.
 *
 * - NMI = I / ((H(labels) + H(clusters)) / 2)
 * - AMI = (I - E[I]) / ((H(labels) + H(clusters)) / 2 - E[I])
 * - ARI = (index - expected) / (largest - expected) over pairs
 *
 * Two partitions that are the same score 1 in all, also where the formulas are 0 / 0 (one class in one cluster, or
 * every item alone on both sides). No information in common gives NMI 0.
 *
 * @throws {NearkinError} `INVALID_ARGUMENT` when lengths disagree
 * @source Vinh, Epps and Bailey, JMLR 2010; Hubert and Arabie, Journal of Classification 1985; conventions of
 *   scikit-learn's `normalized_mutual_info_score`, `adjusted_mutual_info_score` and `adjusted_rand_score` (arithmetic)
 * @example
 * clusteringMetrics({ labels: [0, 0, 1, 1], clusters: [0, 0, 1, 2] }).purity // 1
 */
export function clusteringMetrics(options: ClusteringMetricsOptions): ClusteringMetrics {
  const { labels, clusters } = options;
  assertSameLength(['labels', 'clusters'], labels, clusters);
  const table = contingency(labels, clusters);
  const { n, rows, columns, cells } = table;
  const common = { items: n, classCount: rows.length, clusterCount: columns.length };
  if (n === 0) return { ...common, nmi: null, ami: null, ari: null, purity: null };
  const best = columns.map(() => 0);
  for (const { column, count } of cells) best[column] = Math.max(best[column]!, count);
  const purity = best.reduce((sum, count) => sum + count, 0) / n;
  const same = cells.length === rows.length && cells.length === columns.length;
  if (same) return { ...common, nmi: 1, ami: 1, ari: 1, purity };

  const information = mutualInformation(table);
  const meanEntropy = (entropy(rows, n) + entropy(columns, n)) / 2;
  const expected = expectedMutualInformation(table);
  const range = meanEntropy - expected;
  return {
    ...common,
    nmi: information / meanEntropy,
    // Where one side is all alone or all together, chance is all there can be.
    ami: Math.abs(information - expected) < 1e-12 * Math.max(1, meanEntropy) ? 0 : (information - expected) / range,
    ari: adjustedRandIndex(table),
    purity,
  };
}

function entropy(sizes: readonly number[], n: number): number {
  return -sizes.reduce((sum, size) => sum + (size / n) * Math.log(size / n), 0);
}

function mutualInformation({ n, rows, columns, cells }: Contingency): number {
  // One part on either side shares nothing; rounding must not say otherwise.
  if (rows.length === 1 || columns.length === 1) return 0;
  const sum = cells.reduce(
    (total, { row, column, count }) => total + (count / n) * Math.log((n * count) / (rows[row]! * columns[column]!)),
    0,
  );
  return Math.max(0, sum);
}

function adjustedRandIndex({ n, rows, columns, cells }: Contingency): number {
  const pairs = (size: number) => (size * (size - 1)) / 2;
  const together = cells.reduce((sum, { count }) => sum + pairs(count), 0);
  const inRows = rows.reduce((sum, size) => sum + pairs(size), 0);
  const inColumns = columns.reduce((sum, size) => sum + pairs(size), 0);
  const expected = (inRows * inColumns) / pairs(n);
  return (together - expected) / ((inRows + inColumns) / 2 - expected);
}
