import type { Rows } from './ranks.js';

/**
 * Kernel ridge regression from texts to vectors. A text is the set of its features, each weighed by the logarithm of how
 * few of the learned texts have it, scaled to length 1.
 *
 * @param texts features of each item
 * @param targets a row for each item
 * @param options.learned numbers of the items to learn from
 * @param options.strength of the penalty, against kernels of 1 on the diagonal
 * @returns vectors for other texts, `[texts, dim]`; zeros for one that shares nothing
 */
export function fitWords(
  texts: readonly Iterable<number>[],
  targets: Rows,
  { learned, strength }: { readonly learned: readonly number[]; readonly strength: number },
): (texts: readonly Iterable<number>[]) => Float32Array {
  const { dim } = targets;
  const holders = new Map<number, number>();
  for (const i of learned) for (const mark of new Set(texts[i]!)) holders.set(mark, (holders.get(mark) ?? 0) + 1);
  const bagOf = (text: Iterable<number>) => {
    const bag = new Map<number, number>();
    for (const mark of new Set(text)) {
      const count = holders.get(mark);
      if (count) bag.set(mark, Math.log(learned.length / count));
    }
    const length = Math.hypot(...bag.values()) || 1;
    return new Map([...bag].map(([mark, weight]) => [mark, weight / length]));
  };
  const bags = learned.map((i) => bagOf(texts[i]!));
  const n = bags.length;
  const kernel = new Float64Array(n * n);
  for (let a = 0; a < n; a++) {
    for (let b = 0; b <= a; b++) kernel[a * n + b] = kernel[b * n + a] = product(bags[a]!, bags[b]!);
    kernel[a * n + a]! += strength;
  }
  const coefficients = Float64Array.from({ length: n * dim }, (_, at) => {
    return targets.data[learned[Math.floor(at / dim)]! * dim + (at % dim)]!;
  });
  solve(kernel, coefficients, { n, dim });
  return (asked) => {
    const found = new Float32Array(asked.length * dim);
    asked.forEach((text, q) => {
      const bag = bagOf(text);
      for (let a = 0; a < n; a++) {
        const weight = product(bag, bags[a]!);
        if (weight !== 0) for (let j = 0; j < dim; j++) found[q * dim + j]! += weight * coefficients[a * dim + j]!;
      }
    });
    return found;
  };
}

function product(a: ReadonlyMap<number, number>, b: ReadonlyMap<number, number>): number {
  let sum = 0;
  for (const [mark, weight] of a) sum += weight * (b.get(mark) ?? 0);
  return sum;
}

/** Solves `matrix x = right` in place of `right`, by Cholesky's decomposition in place of `matrix`. */
function solve(
  matrix: Float64Array,
  right: Float64Array,
  { n, dim }: { readonly n: number; readonly dim: number },
): void {
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * n + j]!;
      for (let k = 0; k < j; k++) sum -= matrix[i * n + k]! * matrix[j * n + k]!;
      matrix[i * n + j] = i === j ? Math.sqrt(sum) : sum / matrix[j * n + j]!;
    }
  const combine = (i: number, k: number, factor: number) => {
    for (let d = 0; d < dim; d++) right[i * dim + d]! -= factor * right[k * dim + d]!;
  };
  const scale = (i: number) => {
    for (let d = 0; d < dim; d++) right[i * dim + d]! /= matrix[i * n + i]!;
  };
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) combine(i, k, matrix[i * n + k]!);
    scale(i);
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) combine(i, k, matrix[k * n + i]!);
    scale(i);
  }
}
