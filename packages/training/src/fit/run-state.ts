import type { BatchPosition } from './batch-stream.js';
import type { Validation } from './fit-options.js';

/** The best validation so far, and the weights that were validated. */
export interface BestWeights {
  readonly validation: Validation;
  readonly values: readonly Float32Array[];
}

/** All of a run that changes beside the weights themselves. */
export interface RunState {
  /** Updates of the weights. */
  step: number;
  position: BatchPosition;
  /** In earlier calls, before a resumption. */
  secondsBefore: number;
  readonly loss: number[];
  readonly learningRate: number[];
  readonly gradientNorm: number[];
  readonly validations: Validation[];
  best: BestWeights | undefined;
  /** Validations since the best one. */
  staleValidations: number;
  /** Whether early stopping has ended the run. */
  stopped: boolean;
}

export function newRunState(): RunState {
  return {
    step: 0,
    position: { epoch: 0, batch: 0, total: 0 },
    secondsBefore: 0,
    loss: [],
    learningRate: [],
    gradientNorm: [],
    validations: [],
    best: undefined,
    staleValidations: 0,
    stopped: false,
  };
}
