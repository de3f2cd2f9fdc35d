import { NearkinError } from '@nearkin/core';
import type { DistanceName } from '../distances/distance.js';
import { checkOptions, distanceName, finite, flag, reductionName } from './check-options.js';
import { sigmoid, softplus } from './log-sum-exp.js';
import type { Loss, Reduction } from './loss.js';
import { definePairLoss, type PairBatch, type PairGradients } from './pair-loss.js';
import type { Terms } from './terms.js';
import { tripletsOf } from './triplets.js';

export interface TripletLossOptions {
  /** By how much a negative is to be farther than the positive; default 0.2. Papers take 0.05 to 1. Not for `soft`. */
  readonly margin?: number | undefined;
  /** ln(1 + e^(d_ap - d_an)) in place of the hinge; default false. */
  readonly soft?: boolean | undefined;
  /** Takes the nearer of the distances from the negative to anchor and positive as d_an; default false. */
  readonly swap?: boolean | undefined;
  /** Default `euclidean`. */
  readonly distance?: DistanceName | undefined;
  /** Scales embeddings to length 1 first; default false. */
  readonly normalize?: boolean | undefined;
  /** Default `mean`: over all triplets, those of loss 0 too. */
  readonly reduction?: Reduction | undefined;
}

/**
 * Asks that each anchor is nearer to its positives than to its negatives: `max(0, d_ap - d_an + margin)`, over all triplets
 * of the batch unless some were mined (mined pairs that share an anchor make triplets).
 *
 * `d` is plain distance, not squared (`squaredEuclidean` is), of the embeddings as they are (set `normalize` for unit
 * rows); of `cosine` it is 1 - cosine. `mean` divides by the number of triplets, `nonZeroMean` by those above 0; `none`
 * gives one number for each triplet by (anchor, positive, negative), or in the order mined. At the edge of the hinge the
 * gradient is 0; of the two distances of `swap` that tie, the anchor's is taken. Targets of every kind; a reference, but not
 * with `swap`. Without a triplet the loss and its gradients are 0. Memory is O(batch x rows) except for `none`.
 *
 * @throws {NearkinError} `INVALID_ARGUMENT` for options; computing: `NON_FINITE`, `DIMENSION_MISMATCH`, `UNKNOWN_LABEL`,
 * `UNSUPPORTED` for `swap` with a reference
 * @source Schroff, Kalenichenko, Philbin: FaceNet, CVPR 2015, equation 3 (squared there); soft margin: Hermans, Beyer,
 * Leibe: In defense of the triplet loss, 2017, section 2; swap: Balntas et al.: Learning local feature descriptors, BMVC 2016
 * @example
 * const loss = tripletLoss({ margin: 0.5 });
 * loss.compute(tf.tensor2d([[0], [1], [1.25]]), [0, 0, 1]).print(); // 0.75: (0.25 + 1.25) / 2
 */
export function tripletLoss(options: TripletLossOptions = {}): Loss {
  checkOptions('tripletLoss', options, {
    margin: finite,
    soft: flag,
    swap: flag,
    distance: distanceName,
    normalize: flag,
    reduction: reductionName,
  });
  const { soft = false, swap = false, margin = 0.2, distance = 'euclidean', normalize = false } = options;
  if (soft && options.margin !== undefined)
    throw new NearkinError('INVALID_ARGUMENT', 'Expected no margin for a soft triplet loss; leave one of the two out.');
  const { reduction = 'mean' } = options;
  const value = soft ? softplus : (x: number) => Math.max(0, x + margin);
  const slope = soft ? sigmoid : (x: number) => (x + margin > 0 ? 1 : 0);
  return definePairLoss({
    name: 'tripletLoss',
    distance,
    as: 'distance',
    normalize,
    reduction,
    collapsedValue: reduction === 'mean' || reduction === 'nonZeroMean' ? value(0) : undefined,
    terms(batch, gradients) {
      if (swap && batch.reference)
        throw new NearkinError(
          'UNSUPPORTED',
          'Expected no reference for a triplet loss with swap: distances within the reference would be needed. Leave out swap or the memory.',
        );
      return [tripletTerms(batch, gradients, { value, slope, swap })];
    },
  });
}

function tripletTerms(
  batch: PairBatch,
  gradients: PairGradients,
  { value, slope, swap }: { value: (x: number) => number; slope: (x: number) => number; swap: boolean },
): Terms {
  const { rows, columns, values } = batch;
  const pairs = batch.pairs({ repeats: batch.mined?.kind === 'triplets' });
  const triplets = tripletsOf(batch.mined, pairs, rows);
  const negativeCell = (anchor: number, positive: number, negative: number) => {
    const [own, swapped] = [anchor * columns + negative, positive * columns + negative];
    return swap && values[swapped]! < values[own]! ? swapped : own;
  };
  let active = 0;
  let sum = 0;
  triplets.visit((anchor, positive, negative) => {
    const term = value(values[anchor * columns + positive]! - values[negativeCell(anchor, positive, negative)]!);
    if (term > 0) active++;
    sum += term;
  });
  return {
    count: triplets.count,
    active,
    sum,
    list() {
      const terms = new Float64Array(triplets.count);
      triplets.visit((anchor, positive, negative, triplet) => {
        const near = negativeCell(anchor, positive, negative);
        terms[triplet] = value(values[anchor * columns + positive]! - values[near]!);
      });
      return terms;
    },
    backward(weight) {
      triplets.visit((anchor, positive, negative, triplet) => {
        const own = anchor * columns + positive;
        const near = negativeCell(anchor, positive, negative);
        const pull = slope(values[own]! - values[near]!) * (typeof weight === 'number' ? weight : weight[triplet]!);
        if (pull === 0) return;
        gradients.values[own]! += pull;
        gradients.values[near]! -= pull;
      });
    },
  };
}
