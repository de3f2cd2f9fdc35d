import { NearkinError } from '@nearkin/core';
import { checkOptions, finite, positive, reductionName } from './check-options.js';
import { type ClassBatch, defineClassLoss } from './class-loss.js';
import { type ClassWeightOptions, classWeightRules } from './class-weights.js';
import { sigmoid, softplus } from './log-sum-exp.js';
import type { Loss, Reduction } from './loss.js';
import { numberEach } from './number-each.js';
import { areLabels, kindOf, readLabels, readMultiHot } from './read-labels.js';
import { listedTerms, type Terms } from './terms.js';

export interface ProxyAnchorLossOptions extends ClassWeightOptions {
  /** Default 0.1. */
  readonly margin?: number | undefined;
  /** Scale; default 32. */
  readonly alpha?: number | undefined;
  /** Default `mean`. */
  readonly reduction?: Reduction | undefined;
}

/**
 * A learned proxy for each class as the anchor:
 * the mean over proxies with a positive in the batch of `ln(1 + sum over positives of e^(-alpha (s - margin)))` plus the
 * mean over all classes of `ln(1 + sum over negatives of e^(alpha (s + margin)))`; `s` is the cosine of proxy and sample.
 *
 * `mean` divides each part by its number of proxies (`nonZeroMean`: of those above 0), `sum` does not, `none`: the proxies with positives by class, then all
 * classes. Targets are labels below `classes`, or multi-hot labels of so many columns. Its weight is
 * `proxyAnchorLoss/classes`, shape `[classes, dim]`; it learns 10 times faster than the model unless told otherwise (the
 * paper: 100 times, of a rate of 1e-4). An empty batch is 0.
 *
 * @throws {NearkinError} `INVALID_ARGUMENT`, `DIMENSION_MISMATCH` for options; computing: `NON_FINITE`,
 * `DIMENSION_MISMATCH`, `UNKNOWN_LABEL`, `UNSUPPORTED` for pair masks and lists, mined pairs or a reference
 * @source Kim et al.: Proxy anchor loss for deep metric learning, CVPR 2020, equation 4
 * @example
 * const loss = proxyAnchorLoss({ classes: 2, dim: 2, alpha: 1, margin: 0, initialWeights: Float32Array.of(1, 0, 0, 1) });
 * loss.compute(tf.tensor2d([[1, 0]]), [0]).print(); // 0.6598: ln(1 + 1 / e) + (0 + ln 2) / 2
 */
export function proxyAnchorLoss(options: ProxyAnchorLossOptions): Loss {
  const name = 'proxyAnchorLoss';
  const rules = { ...classWeightRules, margin: finite, alpha: positive, reduction: reductionName };
  checkOptions(name, options, rules);
  const { margin = 0.1, alpha = 32, reduction = 'mean' } = options;
  return defineClassLoss({
    name,
    options,
    learningRateScale: 10,
    reduction,
    terms(batch, collect) {
      const gradients = new Float64Array(batch.cosines.length);
      collect(gradients);
      const has = membership(name, batch);
      const withPositive = Array.from({ length: batch.classes }, (_, c) => c).filter((c) => {
        for (let row = 0; row < batch.rows; row++) if (has[row * batch.classes + c] === 1) return true;
        return false;
      });
      const all = batch.rows === 0 ? [] : Array.from({ length: batch.classes }, (_, c) => c);
      const side = (classes: number[], member: 0 | 1, sign: 1 | -1) =>
        proxyTerms(batch, gradients, { classes, scale: alpha * sign, margin: sign * margin, member, has });
      return [side(withPositive, 1, -1), side(all, 0, 1)];
    },
  });
}

/** 1 where a sample is of a class; shape `[rows, classes]`. */
function membership(name: string, { rows, classes, targets }: ClassBatch): Uint8Array {
  if (areLabels(targets)) {
    const has = new Uint8Array(rows * classes);
    readLabels(targets, { rows, owner: name, classes }).forEach((label, row) => {
      has[row * classes + label] = 1;
    });
    return has;
  }
  if (!('multiHot' in targets))
    throw new NearkinError(
      'UNSUPPORTED',
      `Expected labels or multi-hot labels for ${name}, got ${kindOf(targets)}; it has a proxy for each class.`,
      { details: { owner: name, targets: kindOf(targets) } },
    );
  const read = readMultiHot(targets.multiHot, rows);
  if (rows > 0 && read.classes !== classes)
    throw new NearkinError('UNKNOWN_LABEL', `Expected ${classes} columns of multi-hot labels, got ${read.classes}.`, {
      details: { classes, columns: read.classes },
    });
  return read.data;
}

/** ln(1 + sum of e^(scale (s + margin))) over the samples that are members of a proxy's class, or are not. */
function proxyTerms(
  { rows, classes, cosines }: ClassBatch,
  gradients: Float64Array,
  part: { classes: number[]; scale: number; margin: number; member: 0 | 1; has: Uint8Array },
): Terms {
  const { scale, margin, member, has } = part;
  const exponent = (cell: number) => scale * (cosines[cell]! + margin);
  // Cells are passed over in place: there is one for each sample and class.
  const totals = numberEach(part.classes, (c) => {
    let largest = Number.NEGATIVE_INFINITY;
    for (let cell = c; cell < rows * classes; cell += classes)
      if (has[cell] === member) largest = Math.max(largest, exponent(cell));
    if (largest === Number.NEGATIVE_INFINITY) return largest;
    let sum = 0;
    for (let cell = c; cell < rows * classes; cell += classes)
      if (has[cell] === member) sum += Math.exp(exponent(cell) - largest);
    return largest + Math.log(sum);
  });
  return listedTerms(totals.map(softplus), (term, weight) => {
    const total = totals[term]!;
    const pull = weight * scale * sigmoid(total);
    for (let cell = part.classes[term]!; cell < rows * classes; cell += classes)
      if (has[cell] === member) gradients[cell]! += pull * Math.exp(exponent(cell) - total);
  });
}
