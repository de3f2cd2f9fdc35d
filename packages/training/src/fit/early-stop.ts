import { NearkinError } from '@nearkin/core';
import type { EarlyStopping, Validation } from './fit-options.js';
import type { RunState } from './run-state.js';

/**
 * Notes a validation: the best one keeps the weights, and too many without a gain end the run.
 *
 * @param weights values that were validated; copied when they are the best
 * @throws {NearkinError} `INVALID_ARGUMENT` when the validation does not give the metric
 */
export function noteValidation(
  state: RunState,
  validation: Validation,
  options: { readonly earlyStopping: EarlyStopping | undefined; readonly weights: readonly Float32Array[] },
): void {
  state.validations.push(validation);
  const { earlyStopping, weights } = options;
  if (!earlyStopping) return;
  const { metric, patience = 5, mode = 'max', minDelta = 0 } = earlyStopping;
  const value = validation.metrics[metric];
  if (value === undefined)
    throw new NearkinError(
      'INVALID_ARGUMENT',
      `Early stopping watches ${JSON.stringify(metric)}, but the validation gives ${Object.keys(validation.metrics).join(', ') || 'nothing'}.`,
      { details: { metric, metrics: Object.keys(validation.metrics) } },
    );
  const sign = mode === 'max' ? 1 : -1;
  const before = state.best && sign * state.best.validation.metrics[metric]!;
  // NaN is never a gain.
  if (Number.isFinite(value) && (before === undefined || sign * value > before + minDelta)) {
    state.best = { validation, values: weights.map((values) => values.slice()) };
    state.staleValidations = 0;
    return;
  }
  state.staleValidations++;
  if (state.staleValidations >= patience) state.stopped = true;
}
