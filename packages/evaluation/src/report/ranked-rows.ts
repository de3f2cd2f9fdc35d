import { wilsonInterval } from '../classifier/wilson-interval.js';
import { mainMetrics } from '../compare/main-metrics.js';
import type { RankedMetrics } from '../ranked/metric-summary.js';
import { confidenceInterval } from '../significance/confidence-interval.js';

/** One metric of ranked lists with its 95 % interval, where values of each query were kept. */
export interface RankedRow {
  readonly name: string;
  readonly value: number | null;
  readonly low?: number;
  readonly high?: number;
}

/** The metrics in the order they are read: the main ones first, then as they come. */
export function rankedRows(metrics: RankedMetrics): RankedRow[] {
  const names = Object.keys(metrics.mean).sort((a, b) => place(a) - place(b));
  return names.map((name) => ({
    name,
    value: metrics.mean[name] ?? null,
    ...meanInterval(metrics.perQuery?.[name]),
  }));
}

function place(name: string): number {
  const at = mainMetrics.indexOf(name);
  return at < 0 ? mainMetrics.length : at;
}

/**
 * The 95 % interval of a mean over queries: Wilson's where every value is 0 or 1, else by Student's t, cut
 * off at 0 and 1. Nothing for fewer than two queries.
 */
function meanInterval(values: readonly (number | null)[] | undefined): { low?: number; high?: number } {
  const defined = (values ?? []).filter((value) => value !== null);
  const { length } = defined;
  if (length < 2) return {};
  const sum = defined.reduce((total, value) => total + value, 0);
  if (defined.every((value) => value === 0 || value === 1)) return wilsonInterval(sum, length);
  const { mean, studentHalfWidth95: half } = confidenceInterval(defined);
  if (mean === null || half === null) return {};
  return { low: Math.max(0, mean - half), high: Math.min(1, mean + half) };
}
