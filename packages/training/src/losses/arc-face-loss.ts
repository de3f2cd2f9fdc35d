import { checkOptions, positive, reductionName } from './check-options.js';
import { defineClassLoss } from './class-loss.js';
import { type ClassWeightOptions, classWeightRules } from './class-weights.js';
import { crossEntropyTerms } from './cross-entropy-terms.js';
import type { Loss, Reduction } from './loss.js';
import { readLabels } from './read-labels.js';
import { scaleNumbers } from './scale-numbers.js';

export interface ArcFaceLossOptions extends ClassWeightOptions {
  /** Added to the angle of the right class, in **radians**, 0 to pi; default 0.5. */
  readonly margin?: number | undefined;
  /** Default 64. */
  readonly scale?: number | undefined;
  /** Default `mean`. */
  readonly reduction?: Reduction | undefined;
}

/**
 * Softmax over learned class vectors with a margin on the angle: cross entropy of `scale x cos(angle)`, with
 * `scale x cos(angle + margin)` for the right class; where its angle is beyond `pi - margin`, `scale x (cos(angle) - margin x
 * sin(margin))`.
 *
 * `mean` divides by the batch; `none`: one number for each sample. Targets are labels below `classes`. Its weight is
 * `arcFaceLoss/classes`, shape `[classes, dim]`, at learning rate x 1 unless told otherwise. At angle 0, where the slope
 * has no limit, the gradient is finite. An empty batch is 0.
 *
 * @throws {NearkinError} `INVALID_ARGUMENT`, `DIMENSION_MISMATCH` for options; computing: `NON_FINITE`,
 * `DIMENSION_MISMATCH`, `UNKNOWN_LABEL`, `UNSUPPORTED` for other targets, mined pairs or a reference
 * @source Deng et al.: ArcFace: Additive angular margin loss for deep face recognition, CVPR 2019, equation 3
 * @example
 * const options = { classes: 2, dim: 2, scale: 1, margin: Math.PI / 2, initialWeights: Float32Array.of(1, 0, 0, 1) };
 * arcFaceLoss(options).compute(tf.tensor2d([[1, 0]]), [0]).print(); // 0.6931: logits cos(pi / 2) and 0
 */
export function arcFaceLoss(options: ArcFaceLossOptions): Loss {
  const name = 'arcFaceLoss';
  checkOptions(name, options, {
    ...classWeightRules,
    margin: {
      fits: (value) => typeof value === 'number' && value >= 0 && value <= Math.PI,
      wants: 'an angle from 0 to pi in radians',
    },
    scale: positive,
    reduction: reductionName,
  });
  const { margin = 0.5, scale = 64, reduction = 'mean' } = options;
  return defineClassLoss({
    name,
    options,
    learningRateScale: 1,
    reduction,
    terms({ rows, classes, cosines, targets }, collect) {
      const labels = readLabels(targets, { rows, owner: name, classes });
      const own = Array.from(labels, (label, row) => widened(cosines[row * classes + label]!, margin));
      const logits = scaleNumbers(cosines, scale);
      labels.forEach((label, row) => {
        logits[row * classes + label] = scale * own[row]!.value;
      });
      return [
        crossEntropyTerms(logits, labels, (slopes) => {
          labels.forEach((label, row) => {
            slopes[row * classes + label]! *= own[row]!.slope;
          });
          collect(scaleNumbers(slopes, scale));
        }),
      ];
    },
  });
}

/** The cosine of the angle plus the margin, and its slope with respect to the cosine. */
function widened(cosine: number, margin: number): { value: number; slope: number } {
  const [c, s] = [Math.cos(margin), Math.sin(margin)];
  if (cosine < -c) return { value: cosine - margin * s, slope: 1 };
  const sine = Math.sqrt(Math.max(0, 1 - cosine * cosine));
  return { value: cosine * c - sine * s, slope: c + (s * cosine) / Math.max(sine, 1e-6) };
}
