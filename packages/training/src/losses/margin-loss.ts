import { scalar, tensor1d, tidy, variable } from '@tensorflow/tfjs';
import type { DistanceName } from '../distances/distance.js';
import type { TrainableWeight } from '../models/trainable-model.js';
import { checkOptions, distanceName, finite, flag, notNegative, reductionName } from './check-options.js';
import type { Loss, Reduction } from './loss.js';
import { definePairLoss, type PairBatch, type PairGradients } from './pair-loss.js';
import { readLabels } from './read-labels.js';
import { listedTerms, type Terms } from './terms.js';
import { tripletsOf } from './triplets.js';

export interface MarginLossOptions {
  /** Default 0.2. */
  readonly margin?: number | undefined;
  /** The boundary between positives and negatives, one or one for each class; default 1.2. */
  readonly beta?: number | readonly number[] | undefined;
  /** Whether the boundary learns; default false. */
  readonly learnable?: boolean | undefined;
  /** Multiplies the learning rate of the boundary; default 1. */
  readonly learningRateScale?: number | undefined;
  /** Weight of the sum of all boundaries in the loss; default 0. */
  readonly nu?: number | undefined;
  /** Default `euclidean`. */
  readonly distance?: DistanceName | undefined;
  /** Scales embeddings to length 1 first; default false, though the defaults are meant for unit rows. */
  readonly normalize?: boolean | undefined;
  /** Default `nonZeroMean`. */
  readonly reduction?: Reduction | undefined;
}

/**
 * Margin loss: for each triplet `max(0, d_ap - beta + margin) + max(0, beta - d_an + margin)`, over all triplets of the batch
 * unless some were mined (mined pairs that share an anchor make triplets); plus `nu x` the sum of all boundaries.
 *
 * `nonZeroMean` divides the sum by the number of its two kinds of parts that are above 0, counted one by one; `mean` by the
 * triplets; `none` gives one number for each triplet by (anchor, positive, negative) or as mined, then with `nu` the
 * boundaries' part. `beta` of an array is that of the anchor's class: targets must be labels below its length. A learnable
 * boundary is the weight `marginLoss/beta`, a scalar or shape `[classes]`. `d` is plain distance, not squared, of the
 * embeddings as they are. At the edges the gradient is 0. A reference is possible. Without a triplet the loss and its
 * gradients are 0.
 *
 * @throws {NearkinError} `INVALID_ARGUMENT` for options; computing: `NON_FINITE`, `DIMENSION_MISMATCH`, `UNKNOWN_LABEL`,
 * `UNSUPPORTED` for boundaries of classes without labels
 * @source Wu et al.: Sampling matters in deep embedding learning, ICCV 2017, equations 5 and 6
 * @example
 * const loss = marginLoss({ beta: 1 });
 * loss.compute(tf.tensor2d([[0], [1], [2]]), [0, 0, 1]).print(); // 0.2: (0.2 + 0.2 + 0.2) / 3
 */
export function marginLoss(options: MarginLossOptions = {}): Loss {
  checkOptions('marginLoss', options, {
    margin: finite,
    beta: {
      fits: (value) => (Array.isArray(value) ? value.length > 0 && value.every(finite.fits) : finite.fits(value)),
      wants: 'a finite number, or one for each class',
    },
    learnable: flag,
    learningRateScale: notNegative,
    nu: notNegative,
    distance: distanceName,
    normalize: flag,
    reduction: reductionName,
  });
  const { margin = 0.2, beta = 1.2, nu = 0, distance = 'euclidean', normalize = false } = options;
  return definePairLoss({
    name: 'marginLoss',
    distance,
    as: 'distance',
    normalize,
    reduction: options.reduction ?? 'nonZeroMean',
    weights: options.learnable ? [boundaryWeight(beta, options.learningRateScale ?? 1)] : [],
    terms(batch, gradients) {
      const boundaries = Float64Array.from(batch.weights[0] ?? (typeof beta === 'number' ? [beta] : beta));
      const classOf = typeof beta === 'number' ? undefined : anchorClasses(batch, boundaries.length);
      const slopes = gradients.weights[0] ?? new Float64Array(boundaries.length);
      const triplets = marginTerms(batch, gradients, { margin, boundaries, classOf, slopes });
      if (nu === 0 || triplets.count === 0) return [triplets];
      const sum = boundaries.reduce((total, boundary) => total + boundary, 0);
      const regular = listedTerms(Float64Array.of(nu * sum), (_, weight) => {
        for (let i = 0; i < slopes.length; i++) slopes[i]! += weight * nu;
      });
      // One term, whatever its sign.
      return [triplets, { ...regular, active: 1 }];
    },
  });
}

function boundaryWeight(beta: number | readonly number[], learningRateScale: number): TrainableWeight {
  const first = () => (typeof beta === 'number' ? scalar(beta) : tensor1d([...beta]));
  return { name: 'marginLoss/beta', variable: tidy(() => variable(first())), learningRateScale, decay: false };
}

function anchorClasses({ rows, targets }: PairBatch, classes: number): Int32Array {
  return readLabels(targets, { rows, owner: 'marginLoss with a boundary for each class', classes });
}

function marginTerms(
  batch: PairBatch,
  gradients: PairGradients,
  parts: {
    readonly margin: number;
    readonly boundaries: Float64Array;
    readonly classOf: Int32Array | undefined;
    readonly slopes: Float64Array;
  },
): Terms {
  const { rows, columns, values } = batch;
  const { margin, boundaries, classOf, slopes } = parts;
  const triplets = tripletsOf(batch.mined, batch.pairs({ repeats: batch.mined?.kind === 'triplets' }), rows);
  const visit = (see: (cells: [number, number], excess: [number, number], index: [number, number]) => void) =>
    triplets.visit((anchor, positive, negative, triplet) => {
      const own = classOf ? classOf[anchor]! : 0;
      const [near, far] = [anchor * columns + positive, anchor * columns + negative];
      const excess: [number, number] = [
        values[near]! - boundaries[own]! + margin,
        boundaries[own]! - values[far]! + margin,
      ];
      see([near, far], excess, [own, triplet]);
    });
  let active = 0;
  let sum = 0;
  visit((_, [near, far]) => {
    active += (near > 0 ? 1 : 0) + (far > 0 ? 1 : 0);
    sum += Math.max(0, near) + Math.max(0, far);
  });
  return {
    count: triplets.count,
    active,
    sum,
    list() {
      const terms = new Float64Array(triplets.count);
      visit((_, [near, far], [, triplet]) => {
        terms[triplet] = Math.max(0, near) + Math.max(0, far);
      });
      return terms;
    },
    backward(weight) {
      visit(([nearCell, farCell], [near, far], [own, triplet]) => {
        const w = typeof weight === 'number' ? weight : weight[triplet]!;
        if (near > 0) {
          gradients.values[nearCell]! += w;
          slopes[own]! -= w;
        }
        if (far > 0) {
          gradients.values[farCell]! -= w;
          slopes[own]! += w;
        }
      });
    },
  };
}
