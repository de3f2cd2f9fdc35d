import { NearkinError } from '@nearkin/core';
import { type Rows, readRows } from '../distances/rows.js';
import { checkOptions, count, finite, notNegative, reductionName } from './check-options.js';
import { differentiable } from './differentiable.js';
import type { Loss, Reduction } from './loss.js';
import { readLabels } from './read-labels.js';
import { listedTerms, reduceTerms } from './terms.js';

export interface RangeLossOptions {
  /** Weight of the spread within classes; default 1. */
  readonly alpha?: number | undefined;
  /** Weight of the distance between centres; default 1. */
  readonly beta?: number | undefined;
  /** Squared distance that the two nearest centres are to have at least; default 1. */
  readonly margin?: number | undefined;
  /** How many of the largest distances of a class count; default 2. */
  readonly k?: number | undefined;
  /** Default `sum`: alpha's and beta's part added up. The means are those of alpha's part over its classes. */
  readonly reduction?: Reduction | undefined;
}

/**
 * Range loss: `alpha x` the sum over classes of the harmonic mean of the k largest squared distances within the class, plus
 * `beta x max(0, margin - D)` with D the smallest squared distance of two class centres in the batch.
 *
 * Distances are squared Euclidean, of the embeddings as they are; pairs are unordered and may share a row; a class of fewer
 * than k pairs counts those it has, a class of one row none, but it has a centre. Among equal distances the pair (or pair of
 * labels) that comes first counts. A distance of 0 among the k makes the harmonic mean 0, with gradient 0. `sum` over
 * classes is not divided by anything; `mean` divides alpha's part by the classes with two rows, `nonZeroMean` by those above
 * 0, and beta's part by nothing; `none`: alpha's part of each class with two rows by label, then beta's part if there
 * are two classes. Labels only; no mined pairs, no reference. With one class beta's part is 0; with neither part the loss
 * and its gradients are 0. The weights and the margin are ours: unofficial versions take 0.5, 0.5 and 0.1.
 *
 * @throws {NearkinError} `INVALID_ARGUMENT` for options; computing: `NON_FINITE`, `DIMENSION_MISMATCH`, `UNKNOWN_LABEL`,
 * `UNSUPPORTED` for other targets, mined pairs or a reference
 * @source Zhang et al.: Range loss for deep face recognition with long-tailed training data, ICCV 2017, equations 3 to 6
 * @example
 * const loss = rangeLoss({ margin: 5 });
 * loss.compute(tf.tensor2d([[0], [1], [2.5]]), [0, 0, 1]).print(); // 2: 1 within class 0, 5 - 2^2 between the centres
 */
export function rangeLoss(options: RangeLossOptions = {}): Loss {
  checkOptions('rangeLoss', options, {
    alpha: notNegative,
    beta: notNegative,
    margin: finite,
    k: count,
    reduction: reductionName,
  });
  const { alpha = 1, beta = 1, margin = 1, k = 2, reduction = 'sum' } = options;
  return Object.freeze<Loss>({
    name: 'rangeLoss',
    weights: [],
    collapsedValue: beta * Math.max(0, margin),
    compute(embeddings, targets, { mined, reference } = {}) {
      if (mined || reference)
        throw new NearkinError(
          'UNSUPPORTED',
          `Expected no ${mined ? 'mined pairs' : 'reference'} for rangeLoss: it looks at whole classes of the batch.`,
        );
      return differentiable([embeddings], ([data]) => {
        const rows = readRows('embeddings', embeddings, data);
        const classes = rowsByClass(readLabels(targets, { rows: rows.count, owner: 'rangeLoss' }));
        const gradient = new Float64Array(rows.data.length);
        const spreads = classes.filter(({ length }) => length > 1).map((members) => spread(rows, members, k));
        const within = listedTerms(
          Float64Array.from(spreads, ({ value }) => alpha * value),
          (term, weight) => spreads[term]!.pull(gradient, alpha * weight),
        );
        const centres = nearestCentres(rows, classes);
        const gap = centres ? Math.max(0, margin - centres.value) : 0;
        const between = listedTerms(centres ? Float64Array.of(beta * gap) : new Float64Array(0), (_, weight) => {
          if (gap > 0) centres!.pull(gradient, -beta * weight);
        });
        return reduceTerms([within, between], reduction, () => [gradient]);
      });
    },
    dispose() {},
  });
}

/** A number made of rows, and the way of its gradient back to them. */
interface Measured {
  readonly value: number;
  pull(gradient: Float64Array, weight: number): void;
}

function rowsByClass(labels: Int32Array): number[][] {
  const classes = new Map<number, number[]>();
  labels.forEach((label, row) => {
    classes.set(label, [...(classes.get(label) ?? []), row]);
  });
  return [...classes.entries()].sort(([a], [b]) => a - b).map(([, rows]) => rows);
}

/** The harmonic mean of the k largest squared distances within a class. */
function spread({ data, dim }: Rows, members: readonly number[], k: number): Measured {
  const pairs: { a: number; b: number; d: number }[] = [];
  members.forEach((a, i) => {
    for (const b of members.slice(i + 1)) {
      let d = 0;
      for (let c = 0; c < dim; c++) d += (data[a * dim + c]! - data[b * dim + c]!) ** 2;
      pairs.push({ a, b, d });
    }
  });
  const largest = pairs.sort((one, other) => other.d - one.d).slice(0, k);
  const value = largest.some(({ d }) => d === 0) ? 0 : largest.length / largest.reduce((sum, { d }) => sum + 1 / d, 0);
  return {
    value,
    pull(gradient, weight) {
      if (value === 0) return;
      for (const { a, b, d } of largest) {
        const slope = (2 * weight * (value / d) ** 2) / largest.length;
        for (let c = 0; c < dim; c++) {
          const by = slope * (data[a * dim + c]! - data[b * dim + c]!);
          gradient[a * dim + c]! += by;
          gradient[b * dim + c]! -= by;
        }
      }
    },
  };
}

/** The smallest squared distance of two class centres; undefined with fewer than two classes. */
function nearestCentres({ data, dim }: Rows, classes: readonly (readonly number[])[]): Measured | undefined {
  const centres = classes.map((members) =>
    Float64Array.from(
      { length: dim },
      (_, c) => members.reduce((sum, row) => sum + data[row * dim + c]!, 0) / members.length,
    ),
  );
  let best: { i: number; j: number; d: number } | undefined;
  for (let i = 0; i < centres.length; i++)
    for (let j = i + 1; j < centres.length; j++) {
      const d = centres[i]!.reduce((sum, x, c) => sum + (x - centres[j]![c]!) ** 2, 0);
      if (!best || d < best.d) best = { i, j, d };
    }
  if (!best) return undefined;
  const { i, j, d } = best;
  return {
    value: d,
    pull(gradient, weight) {
      for (let c = 0; c < dim; c++) {
        const by = 2 * weight * (centres[i]![c]! - centres[j]![c]!);
        for (const row of classes[i]!) gradient[row * dim + c]! += by / classes[i]!.length;
        for (const row of classes[j]!) gradient[row * dim + c]! -= by / classes[j]!.length;
      }
    },
  };
}
