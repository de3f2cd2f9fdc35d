export { type AnnRecall, type AnnRecallOptions, annRecall } from './ann/ann-recall.js';
export {
  type CalibrateThresholdOptions,
  calibrateThreshold,
  type ThresholdCalibration,
} from './calibration/calibrate-threshold.js';
export {
  type CalibrationError,
  type CalibrationErrorOptions,
  calibrationError,
} from './calibration/calibration-error.js';
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
  type ClusteringMetrics,
  type ClusteringMetricsOptions,
  clusteringMetrics,
} from './clustering/clustering-metrics.js';
export {
  type CompareRunsOptions,
  compareRuns,
  type MetricComparison,
  type RunComparison,
} from './compare/compare-runs.js';
export type { EvaluationRun, QueryScores } from './compare/evaluation-run.js';
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
export { type OpenSetMetrics, type OpenSetMetricsOptions, openSetMetrics } from './open-set/open-set-metrics.js';
export type { Gain } from './ranked/metric-plan.js';
export type { MetricValues, RankedMetrics, UndefinedPolicy } from './ranked/metric-summary.js';
export { type RankedMetricsOptions, rankedMetrics } from './ranked/ranked-metrics.js';
export type { TiePolicy } from './ranked/tie-policy.js';
export type { ChartPoint, ChartSeries } from './report/charts/line-chart.js';
export type { ReportPictures, Thumbnails } from './report/picture-sheet.js';
export { type RenderReportOptions, type ReportContent, renderReport } from './report/render-report.js';
export type { ReportRetrieval, ReportRows } from './report/retrieval-content.js';
export type { ReportCurve } from './report/sections/curve-section.js';
export type { ReportMap } from './report/sections/map-section.js';
export type { ReportMetric } from './report/sections/metrics-section.js';
export type { ReportScores } from './report/sections/scores-section.js';
export type { ReportTraining } from './report/sections/training-section.js';
export type { FormattableReport } from './report/text/document-of.js';
export { type FormatReportOptions, formatReport, type ReportFormat } from './report/text/format-report.js';
export {
  type EvaluateRetrievalOptions,
  evaluateRetrieval,
  type LabelledVectors,
  type RetrievalMetrics,
} from './retrieval/evaluate-retrieval.js';
export type { IndexHits, IndexSearch } from './retrieval/index-search.js';
export type { RetrievalDistance } from './retrieval/retrieval-distance.js';
export {
  type RevisitedJudgement,
  type RevisitedMetrics,
  type RevisitedMetricsOptions,
  type RevisitedProtocol,
  revisitedMetrics,
} from './revisited/revisited-metrics.js';
export { adjustPValues, type PValueAdjustment } from './significance/adjust-p-values.js';
export { type Bootstrap, type BootstrapOptions, bootstrap } from './significance/bootstrap.js';
export { type ConfidenceInterval, confidenceInterval } from './significance/confidence-interval.js';
export { type PairedTest, type PairedTestOptions, pairedTest } from './significance/paired-test.js';
export { type FindLeaksOptions, findLeaks, type Leak, type SplitPart } from './splits/find-leaks.js';
export { kFoldByLabel, type LabelFold } from './splits/k-fold-by-label.js';
export { type EvaluateTrecOptions, evaluateTrec, type TrecMetrics } from './trec/evaluate-trec.js';
export { readTrec } from './trec/read-trec.js';
export type { TrecFile, TrecJudgement, TrecQrels, TrecResult, TrecRun } from './trec/trec-file.js';
export { writeTrec } from './trec/write-trec.js';
export {
  type VerificationMetrics,
  type VerificationMetricsOptions,
  verificationMetrics,
} from './verification/verification-metrics.js';
