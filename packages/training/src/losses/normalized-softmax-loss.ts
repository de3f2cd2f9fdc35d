import { checkOptions, positive, reductionName } from './check-options.js';
import { defineClassLoss } from './class-loss.js';
import { type ClassWeightOptions, classWeightRules } from './class-weights.js';
import { crossEntropyTerms } from './cross-entropy-terms.js';
import type { Loss, Reduction } from './loss.js';
import { readLabels } from './read-labels.js';
import { scaleNumbers } from './scale-numbers.js';

export interface NormalizedSoftmaxLossOptions extends ClassWeightOptions {
  /** Default 0.05. */
  readonly temperature?: number | undefined;
  /** Default `mean`. */
  readonly reduction?: Reduction | undefined;
}

/**
 * Softmax over learned class vectors: cross entropy of `cosine(embedding, vector) / temperature`, both of unit length.
 *
 * `mean` divides by the batch; `none`: one number for each sample. Targets are labels below `classes`. Its weight is
 * `normalizedSoftmaxLoss/classes`, shape `[classes, dim]`, at learning rate x 1 unless told otherwise. An empty batch is 0.
 *
 * @throws {NearkinError} `INVALID_ARGUMENT`, `DIMENSION_MISMATCH` for options; computing: `NON_FINITE`,
 * `DIMENSION_MISMATCH`, `UNKNOWN_LABEL`, `UNSUPPORTED` for other targets, mined pairs or a reference
 * @source Zhai, Wu: Classification is a strong baseline for deep metric learning, BMVC 2019, section 3.1
 * @example
 * const loss = normalizedSoftmaxLoss({ classes: 2, dim: 2, temperature: 1, initialWeights: Float32Array.of(1, 0, 0, 1) });
 * loss.compute(tf.tensor2d([[3, 0]]), [0]).print(); // 0.3133: ln(1 + 1 / e)
 */
export function normalizedSoftmaxLoss(options: NormalizedSoftmaxLossOptions): Loss {
  const name = 'normalizedSoftmaxLoss';
  checkOptions(name, options, { ...classWeightRules, temperature: positive, reduction: reductionName });
  const { temperature = 0.05, reduction = 'mean' } = options;
  return defineClassLoss({
    name,
    options,
    learningRateScale: 1,
    reduction,
    terms({ rows, classes, cosines, targets }, collect) {
      const labels = readLabels(targets, { rows, owner: name, classes });
      const logits = scaleNumbers(cosines, 1 / temperature);
      return [crossEntropyTerms(logits, labels, (slopes) => collect(scaleNumbers(slopes, 1 / temperature)))];
    },
  });
}
