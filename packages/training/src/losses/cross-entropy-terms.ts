import { listedTerms, type Terms } from './terms.js';

/**
 * Cross entropy of each row of logits with one class. There is a number for each sample and class, so that exponentials are
 * computed once and all of it happens in place.
 *
 * @param logits shape `[labels.length, classes]`; spent afterwards
 * @param backward takes the gradient with respect to all logits; called once, the array is its own
 */
export function crossEntropyTerms(
  logits: Float64Array,
  labels: Int32Array,
  backward: (slopes: Float64Array) => void,
): Terms {
  const rows = labels.length;
  const classes = rows === 0 ? 0 : logits.length / rows;
  const values = new Float64Array(rows);
  const sums = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    const [start, end] = [row * classes, (row + 1) * classes];
    let largest = Number.NEGATIVE_INFINITY;
    for (let cell = start; cell < end; cell++) if (logits[cell]! > largest) largest = logits[cell]!;
    const wanted = logits[start + labels[row]!]!;
    let sum = 0;
    for (let cell = start; cell < end; cell++) {
      const power = Math.exp(logits[cell]! - largest);
      logits[cell] = power;
      sum += power;
    }
    sums[row] = sum;
    values[row] = largest - wanted + Math.log(sum);
  }
  return {
    ...listedTerms(values, () => {}),
    backward(weight) {
      for (let row = 0; row < rows; row++) {
        const own = typeof weight === 'number' ? weight : weight[row]!;
        const [start, end] = [row * classes, (row + 1) * classes];
        const share = own / sums[row]!;
        for (let cell = start; cell < end; cell++) logits[cell]! *= share;
        logits[start + labels[row]!]! -= own;
      }
      backward(logits);
    },
  };
}
