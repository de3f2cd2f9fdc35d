export type { ClassEvaluation, ConfusedPair } from './classifier/confusion.js';
export {
  type ClassifiedSample,
  type ClassifierEvaluation,
  type ClassifierSample,
  type EvaluateClassifierOptions,
  evaluateClassifier,
  type RejectionCounts,
} from './classifier/evaluate-classifier.js';
export { type Proportion, wilsonInterval } from './classifier/wilson-interval.js';
