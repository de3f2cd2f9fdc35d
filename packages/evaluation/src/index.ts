export type { Numbers } from './numbers/check.js';
export type { Gain } from './ranked/metric-plan.js';
export type { MetricValues, RankedMetrics, UndefinedPolicy } from './ranked/metric-summary.js';
export { type RankedMetricsOptions, rankedMetrics } from './ranked/ranked-metrics.js';
export type { TiePolicy } from './ranked/tie-policy.js';
