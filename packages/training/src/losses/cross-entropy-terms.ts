import { logSumExp } from './log-sum-exp.js';
import { numberEach } from './number-each.js';
import { listedTerms, type Terms } from './terms.js';

/**
 * Cross entropy of each row of logits with one class.
 *
 * @param logits shape `[labels.length, classes]`
 * @param backward adds `weight x` the gradient with respect to a logit
 */
export function crossEntropyTerms(
  logits: Float64Array,
  labels: Int32Array,
  backward: (cell: number, weight: number) => void,
): Terms {
  const classes = labels.length === 0 ? 0 : logits.length / labels.length;
  const totals = numberEach(labels, (_, row) => logSumExp(logits, row * classes, (row + 1) * classes));
  return listedTerms(
    totals.map((total, row) => total - logits[row * classes + labels[row]!]!),
    (row, weight) => {
      const total = totals[row]!;
      const start = row * classes;
      for (let cell = start; cell < start + classes; cell++) backward(cell, weight * Math.exp(logits[cell]! - total));
      backward(start + labels[row]!, -weight);
    },
  );
}
