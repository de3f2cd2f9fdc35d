import { NearkinError } from '@nearkin/core';
import type { DistanceName } from '../distances/distance.js';
import { checkOptions, distanceName, finite, flag, oneOf, reductionName } from './check-options.js';
import type { Loss, Reduction } from './loss.js';
import { numberEach } from './number-each.js';
import type { PairList } from './pair-list.js';
import { definePairLoss, type PairBatch, type PairGradients } from './pair-loss.js';
import { listedTerms, type Terms } from './terms.js';

export interface ContrastiveLossOptions {
  /** Default `hinge`. */
  readonly form?: 'hinge' | 'hadsell' | undefined;
  /** Distance up to which positives cost nothing; default 0. Not for `hadsell`. */
  readonly posMargin?: number | undefined;
  /** Distance from which negatives cost nothing; default 1. */
  readonly negMargin?: number | undefined;
  /** The same of `hadsell`, which calls it its margin; default `negMargin`. Not for `hinge`. */
  readonly margin?: number | undefined;
  /** Default `euclidean`. */
  readonly distance?: DistanceName | undefined;
  /** Scales embeddings to length 1 first; default false. */
  readonly normalize?: boolean | undefined;
  /** Default `nonZeroMean`; of `hadsell`: `mean`. */
  readonly reduction?: Reduction | undefined;
}

/**
 * Pulls the rows of positive pairs together and pushes those of negative pairs apart.
 *
 * `hinge`: the reduction of `max(0, d - posMargin)` over positive pairs, plus that of `max(0, negMargin - d)` over negative
 * pairs. Pairs are ordered: (a, b) and (b, a) count both. Each side is reduced by itself: `nonZeroMean` divides by its
 * terms above 0. Pairs of mined triplets count as often as they occur.
 *
 * `hadsell`: `d^2 / 2` for positive pairs and `max(0, margin - d)^2 / 2` for negative ones, one list of unordered
 * pairs by (smaller row, larger row); pairs of a reference and mined pairs as they come. `mean` divides by all of them.
 *
 * `d` is plain distance, not squared, of the embeddings as they are (set `normalize` for unit rows); of `cosine` it is
 * 1 - cosine, of `dot` -dot. `none`: the terms of positive pairs, then of negative pairs (`hadsell`: in one order), by
 * anchor and then by the other row. Targets of every kind, mined pairs or triplets, and a reference. Without a pair the
 * loss and its gradients are 0.
 *
 * @throws {NearkinError} `INVALID_ARGUMENT` for options; computing: `NON_FINITE`, `DIMENSION_MISMATCH`, `UNKNOWN_LABEL`
 * @source Hadsell, Chopra, LeCun: Dimensionality reduction by learning an invariant mapping, CVPR 2006, equation 4
 * @example
 * const loss = contrastiveLoss();
 * loss.compute(tf.tensor2d([[0], [0.5], [0.75]]), [0, 0, 1]).print(); // 1: 0.5 (positives) + 0.5 (mean of 0.25, 0.75, twice)
 */
export function contrastiveLoss(options: ContrastiveLossOptions = {}): Loss {
  checkOptions('contrastiveLoss', options, {
    form: oneOf('hinge', 'hadsell'),
    posMargin: finite,
    negMargin: finite,
    margin: finite,
    distance: distanceName,
    normalize: flag,
    reduction: reductionName,
  });
  const { form = 'hinge', posMargin = 0, negMargin = 1, distance = 'euclidean', normalize = false } = options;
  const hadsell = form === 'hadsell';
  if (hadsell ? posMargin !== 0 : options.margin !== undefined)
    throw new NearkinError(
      'INVALID_ARGUMENT',
      `Expected no ${hadsell ? 'posMargin' : 'margin'} for the form ${form} of contrastiveLoss; hinge has posMargin and negMargin, hadsell has margin.`,
      { details: { form } },
    );
  return definePairLoss({
    name: 'contrastiveLoss',
    distance,
    as: 'distance',
    normalize,
    reduction: options.reduction ?? (hadsell ? 'mean' : 'nonZeroMean'),
    terms: (batch, gradients) =>
      hadsell
        ? hadsellTerms(batch, gradients, options.margin ?? negMargin)
        : hingeTerms(batch, gradients, { posMargin, negMargin }),
  });
}

function hingeTerms(
  batch: PairBatch,
  gradients: PairGradients,
  { posMargin, negMargin }: { posMargin: number; negMargin: number },
): Terms[] {
  const { values, columns } = batch;
  const side = ({ anchors, others }: PairList, margin: number, sign: 1 | -1) => {
    const cells = anchors.map((anchor, i) => anchor * columns + others[i]!);
    const terms = numberEach(cells, (cell) => Math.max(0, sign * (values[cell]! - margin)));
    return listedTerms(terms, (term, weight) => {
      if (terms[term]! > 0) gradients.values[cells[term]!]! += sign * weight;
    });
  };
  const { positives, negatives } = batch.pairs({ repeats: true });
  return [side(positives, posMargin, 1), side(negatives, negMargin, -1)];
}

function hadsellTerms(batch: PairBatch, gradients: PairGradients, margin: number): Terms[] {
  const { values, columns, mined, reference } = batch;
  const { positives, negatives } = batch.pairs({ repeats: true });
  const pairs: { cell: number; positive: boolean }[] = [];
  const seen = new Set<number>();
  for (const [list, positive] of [
    [positives, true],
    [negatives, false],
  ] as const)
    list.anchors.forEach((anchor, i) => {
      const other = list.others[i]!;
      const asListed = mined || reference || anchor < other;
      const cell = asListed ? anchor * columns + other : other * columns + anchor;
      if (!mined && seen.has(cell)) return;
      seen.add(cell);
      pairs.push({ cell, positive });
    });
  if (!mined) pairs.sort((a, b) => a.cell - b.cell);
  const terms = numberEach(pairs, ({ cell, positive }) => {
    const reach = positive ? values[cell]! : Math.max(0, margin - values[cell]!);
    return reach ** 2 / 2;
  });
  return [
    listedTerms(terms, (term, weight) => {
      const { cell, positive } = pairs[term]!;
      const d = values[cell]!;
      gradients.values[cell]! += weight * (positive ? d : -Math.max(0, margin - d));
    }),
  ];
}
