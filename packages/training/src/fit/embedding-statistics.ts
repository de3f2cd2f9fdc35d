import { symmetricEigenvalues } from './symmetric-eigenvalues.js';

/** Rows that are looked at, at most: the cost of the eigenvalues grows with the cube. */
const mostRows = 128;

/** How embeddings of a batch lie. Similarities are cosines. */
export interface EmbeddingStatistics {
  /** Mean over pairs of one class, null without such pairs. */
  readonly positiveSimilarity: number | null;
  /** Mean over pairs of two classes, null without such pairs. */
  readonly negativeSimilarity: number | null;
  /** Share of triplets whose negative is at least as near as the positive, null without triplets. */
  readonly hardShare: number | null;
  /** Share of triplets with `d(anchor, negative) < d(anchor, positive) + margin`, Euclidean distance of unit rows. */
  readonly activeShare: number | null;
  /** 1 less the squared length of the mean of the unit rows: 0 for one point, near 1 all around. */
  readonly spread: number;
  /** e to the entropy of the singular values of the centred rows: how many directions carry them; 0 for one point. */
  readonly effectiveRank: number;
  /** What `effectiveRank` can be at most: the lesser of the dimension and the rows less one. */
  readonly rankLimit: number;
  readonly classes: number;
}

/**
 * @param embeddings shape `[labels.length, dim]`; beyond 128 rows, 128 of them at equal steps are looked at
 * @source Roy and Vetterli, The effective rank, 2007, for `effectiveRank`
 */
export function embeddingStatistics(
  embeddings: Float32Array,
  options: { readonly dim: number; readonly labels: ArrayLike<number>; readonly margin: number },
): EmbeddingStatistics {
  const { dim, labels, margin } = options;
  const all = labels.length;
  const picked = Array.from({ length: Math.min(all, mostRows) }, (_, i) =>
    Math.floor((i * all) / Math.min(all, mostRows)),
  );
  const n = picked.length;
  const rows = unitRows(embeddings, dim, picked);
  const classOf = picked.map((row) => labels[row]!);
  const gram = products(rows, n, dim);
  const mean = new Float64Array(dim);
  for (let i = 0; i < rows.length; i++) mean[i % dim] = mean[i % dim]! + rows[i]! / n;
  return {
    ...pairFigures(gram, classOf, margin),
    spread: Math.max(0, 1 - mean.reduce((sum, value) => sum + value * value, 0)),
    effectiveRank: effectiveRank(gram, n),
    rankLimit: Math.max(0, Math.min(dim, n - 1)),
    classes: new Set(classOf).size,
  };
}

function unitRows(embeddings: Float32Array, dim: number, picked: readonly number[]): Float64Array {
  const out = new Float64Array(picked.length * dim);
  picked.forEach((row, i) => {
    let squares = 0;
    for (let k = 0; k < dim; k++) squares += embeddings[row * dim + k]! ** 2;
    const scale = squares > 0 ? 1 / Math.sqrt(squares) : 0;
    for (let k = 0; k < dim; k++) out[i * dim + k] = embeddings[row * dim + k]! * scale;
  });
  return out;
}

function products(rows: Float64Array, n: number, dim: number): Float64Array {
  const gram = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = i; j < n; j++) {
      let sum = 0;
      for (let k = 0; k < dim; k++) sum += rows[i * dim + k]! * rows[j * dim + k]!;
      gram[i * n + j] = sum;
      gram[j * n + i] = sum;
    }
  return gram;
}

/** From the Gram matrix: its centred form has the squares of the singular values of the centred rows as eigenvalues. */
function effectiveRank(gram: Float64Array, n: number): number {
  const means = Float64Array.from(
    { length: n },
    (_, i) => gram.subarray(i * n, (i + 1) * n).reduce((a, b) => a + b, 0) / n,
  );
  const all = means.reduce((a, b) => a + b, 0) / n;
  const centred = gram.map((value, i) => value - means[Math.floor(i / n)]! - means[i % n]! + all);
  const singular = symmetricEigenvalues(centred, n).map((value) => Math.sqrt(Math.max(0, value)));
  const sum = singular.reduce((a, b) => a + b, 0);
  // Rows in double precision that were made of single precision: below this all is rounding.
  if (!(sum > 1e-5 * n)) return 0;
  const entropy = singular.reduce(
    (total, value) => (value > 0 ? total - (value / sum) * Math.log(value / sum) : total),
    0,
  );
  return Math.exp(entropy);
}

function pairFigures(
  gram: Float64Array,
  classOf: readonly number[],
  margin: number,
): Pick<EmbeddingStatistics, 'positiveSimilarity' | 'negativeSimilarity' | 'hardShare' | 'activeShare'> {
  const n = classOf.length;
  const sums = { positive: 0, negative: 0, positives: 0, negatives: 0, hard: 0, active: 0, triplets: 0 };
  for (let i = 0; i < n; i++) {
    const positives: number[] = [];
    const negatives: number[] = [];
    for (let j = 0; j < n; j++) if (j !== i) (classOf[j] === classOf[i] ? positives : negatives).push(gram[i * n + j]!);
    const far = negatives.map(distance).sort((a, b) => a - b);
    for (const similarity of positives) {
      const d = distance(similarity);
      // An equal distance counts: the triplet is not in order.
      sums.hard += countBelow(far, d + 1e-12);
      sums.active += countBelow(far, d + margin);
    }
    sums.triplets += positives.length * negatives.length;
    sums.positives += positives.length;
    sums.negatives += negatives.length;
    sums.positive += positives.reduce((a, b) => a + b, 0);
    sums.negative += negatives.reduce((a, b) => a + b, 0);
  }
  const share = (part: number, whole: number) => (whole > 0 ? part / whole : null);
  return {
    positiveSimilarity: share(sums.positive, sums.positives),
    negativeSimilarity: share(sums.negative, sums.negatives),
    hardShare: share(sums.hard, sums.triplets),
    activeShare: share(sums.active, sums.triplets),
  };
}

function distance(similarity: number): number {
  return Math.sqrt(Math.max(0, 2 - 2 * similarity));
}

/** How many of the ascending values are less than a bound. */
function countBelow(ascending: readonly number[], bound: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle]! < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}
