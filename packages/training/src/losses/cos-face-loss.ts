import { checkOptions, finite, positive, reductionName } from './check-options.js';
import { defineClassLoss } from './class-loss.js';
import { type ClassWeightOptions, classWeightRules } from './class-weights.js';
import { crossEntropyTerms } from './cross-entropy-terms.js';
import type { Loss, Reduction } from './loss.js';
import { readLabels } from './read-labels.js';
import { scaleNumbers } from './scale-numbers.js';

export interface CosFaceLossOptions extends ClassWeightOptions {
  /** Taken from the cosine of the right class; default 0.35. */
  readonly margin?: number | undefined;
  /** Default 64. */
  readonly scale?: number | undefined;
  /** Default `mean`. */
  readonly reduction?: Reduction | undefined;
}

/**
 * Softmax over learned class vectors with a margin on the cosine: cross entropy of `scale x cosine`, with
 * `scale x (cosine - margin)` for the right class.
 *
 * `mean` divides by the batch; `none`: one number for each sample. Targets are labels below `classes`. Its weight is
 * `cosFaceLoss/classes`, shape `[classes, dim]`, at learning rate x 1 unless told otherwise. An empty batch is 0.
 *
 * @throws {NearkinError} `INVALID_ARGUMENT`, `DIMENSION_MISMATCH` for options; computing: `NON_FINITE`,
 * `DIMENSION_MISMATCH`, `UNKNOWN_LABEL`, `UNSUPPORTED` for other targets, mined pairs or a reference
 * @source Wang et al.: CosFace: Large margin cosine loss for deep face recognition, CVPR 2018, equation 4
 * @example
 * const options = { classes: 2, dim: 2, scale: 1, margin: 1, initialWeights: Float32Array.of(1, 0, 0, 1) };
 * cosFaceLoss(options).compute(tf.tensor2d([[1, 0]]), [0]).print(); // 0.6931: logits 1 - 1 and 0
 */
export function cosFaceLoss(options: CosFaceLossOptions): Loss {
  const name = 'cosFaceLoss';
  checkOptions(name, options, { ...classWeightRules, margin: finite, scale: positive, reduction: reductionName });
  const { margin = 0.35, scale = 64, reduction = 'mean' } = options;
  return defineClassLoss({
    name,
    options,
    learningRateScale: 1,
    reduction,
    terms({ rows, classes, cosines, targets }, collect) {
      const labels = readLabels(targets, { rows, owner: name, classes });
      const logits = scaleNumbers(cosines, scale);
      labels.forEach((label, row) => {
        logits[row * classes + label]! -= scale * margin;
      });
      return [crossEntropyTerms(logits, labels, (slopes) => collect(scaleNumbers(slopes, scale)))];
    },
  });
}
