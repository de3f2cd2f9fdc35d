export type { ClassEvaluation, ConfusedPair } from './classifier/confusion.js';
export {
  type ClassifiedSample,
  type ClassifierEvaluation,
  type ClassifierSample,
  type EvaluateClassifierOptions,
  evaluateClassifier,
  type RejectionCounts,
} from './classifier/evaluate-classifier.js';
export {
  type LikelyMislabelsOptions,
  likelyMislabels,
  type MislabelReport,
  type MislabelSuspect,
} from './classifier/likely-mislabels.js';
export { type Proportion, wilsonInterval } from './classifier/wilson-interval.js';
export {
  type CrossModalMetrics,
  type CrossModalMetricsOptions,
  crossModalMetrics,
} from './cross-modal/cross-modal-metrics.js';
export type { DirectionMetrics } from './cross-modal/direction-metrics.js';
export {
  type FewShotEpisode,
  type FewShotEpisodeOptions,
  type FewShotRule,
  type FewShotTies,
  fewShotEpisode,
} from './few-shot/few-shot-episode.js';
export { type FewShotEpisodes, type FewShotEpisodesOptions, fewShotEpisodes } from './few-shot/few-shot-episodes.js';
export { type PcaMap, type PcaOptions, projectPca } from './map/project-pca.js';
export { projectUmap, type UmapOptions } from './map/project-umap.js';
export type { Numbers } from './numbers/check.js';
export type { Gain } from './ranked/metric-plan.js';
export type { MetricValues, RankedMetrics, UndefinedPolicy } from './ranked/metric-summary.js';
export { type RankedMetricsOptions, rankedMetrics } from './ranked/ranked-metrics.js';
export type { TiePolicy } from './ranked/tie-policy.js';
export type { ChartPoint, ChartSeries } from './report/charts/line-chart.js';
export type { ReportPictures, Thumbnails } from './report/picture-sheet.js';
export { type RenderReportOptions, type ReportContent, renderReport } from './report/render-report.js';
export type { ReportCurve } from './report/sections/curve-section.js';
export type { ReportMetric } from './report/sections/metrics-section.js';
export type { ReportScores } from './report/sections/scores-section.js';
export {
  type EvaluateRetrievalOptions,
  evaluateRetrieval,
  type LabelledVectors,
  type RetrievalMetrics,
} from './retrieval/evaluate-retrieval.js';
export type { IndexHits, IndexSearch } from './retrieval/index-search.js';
export type { RetrievalDistance } from './retrieval/retrieval-distance.js';
export { type ConfidenceInterval, confidenceInterval } from './significance/confidence-interval.js';
