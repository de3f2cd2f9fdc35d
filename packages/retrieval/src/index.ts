export { buildClassifier } from './classifier/build-classifier.js';
export type {
  ClassifierOptions,
  ClassifierSettings,
  ModelMetadata,
  Quantization,
} from './classifier/classifier-options.js';
export { type LoadClassifierOptions, loadClassifier } from './classifier/load-classifier.js';
export type { RetrievalClassifier } from './classifier/retrieval-classifier.js';
export type { UnknownBelow } from './classifier/thresholds.js';
export { exportGraphModel } from './graph/export-graph-model.js';
export { type DuplicateOptions, type DuplicatePair, findDuplicates } from './hints/find-duplicates.js';
export { type Disagreement, type LeaveOneOut, leaveOneOut } from './hints/leave-one-out.js';
export { type KnnClassifier, type KnnOptions, type KnnPrediction, knnClassifier } from './knn/knn-classifier.js';
export { ClassAggregate, type ClassAggregateConfig } from './layers/class-aggregate.js';
export { CosineMatch, type CosineMatchConfig } from './layers/cosine-match.js';
export { L2Normalize } from './layers/l2-normalize.js';
export { registerRetrievalLayers } from './layers/register-retrieval-layers.js';
export type { Aggregation } from './matching/aggregation.js';
