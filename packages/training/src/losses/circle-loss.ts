import { pairsByAnchor } from './anchor-pairs.js';
import { finite, positive } from './check-options.js';
import { logSumExp, sigmoid, softplus } from './log-sum-exp.js';
import type { Loss } from './loss.js';
import { numberEach } from './number-each.js';
import type { PairBatch, PairGradients } from './pair-loss.js';
import { defineSimilarityLoss, type SimilarityLossOptions } from './similarity-loss.js';
import { listedTerms, type Terms } from './terms.js';

export interface CircleLossOptions extends SimilarityLossOptions {
  /** Default 0.4; the paper takes 0.25 for faces and re-identification. */
  readonly margin?: number | undefined;
  /** Scale; default 80; the paper takes 256 for faces, 128 for re-identification. */
  readonly gamma?: number | undefined;
}

/**
 * Circle loss: for each anchor `softplus(LSE_P(-gamma a_p (s_p - (1 - margin))) + LSE_N(gamma a_n (s_n - margin)))`, with the
 * paces `a_p = max(0, 1 + margin - s_p)` and `a_n = max(0, s_n + margin)`, through which no gradient flows; LSE is the
 * logarithm of the sum of exponentials over the anchor's positives and negatives.
 *
 * `s` is the cosine (of another distance its similarity). Terms are the anchors with both a positive and a negative, in
 * order: `mean` divides by their number, `none` lists them. Targets of every kind, mined pairs or triplets (each pair
 * counts once), and a reference. Without such an anchor the loss and its gradients are 0.
 *
 * @throws {NearkinError} `INVALID_ARGUMENT` for options; computing: `NON_FINITE`, `DIMENSION_MISMATCH`, `UNKNOWN_LABEL`
 * @source Sun et al.: Circle loss, CVPR 2020, equations 5 to 8
 * @example
 * const loss = circleLoss({ margin: 0, gamma: 1 });
 * loss.compute(tf.tensor2d([[1, 0], [1, 0], [0, 1]]), [0, 0, 1]).print(); // 0.6931: softplus(0 + 0)
 */
export function circleLoss(options: CircleLossOptions = {}): Loss {
  const { margin = 0.4, gamma = 80 } = options;
  return defineSimilarityLoss('circleLoss', options, {
    rules: { margin: finite, gamma: positive },
    terms: (batch, gradients) => circleTerms(batch, gradients, { margin, gamma }),
  });
}

function circleTerms(
  batch: PairBatch,
  gradients: PairGradients,
  { margin, gamma }: { margin: number; gamma: number },
): Terms {
  const { values } = batch;
  const side = (cells: Int32Array, positives: boolean) => {
    const slopes = numberEach(cells, (cell) => {
      const s = values[cell]!;
      return positives ? -gamma * Math.max(0, 1 + margin - s) : gamma * Math.max(0, s + margin);
    });
    const aim = positives ? 1 - margin : margin;
    const exponents = slopes.map((slope, i) => slope * (values[cells[i]!]! - aim));
    return { cells, slopes, exponents, total: logSumExp(exponents) };
  };
  const anchors = pairsByAnchor(batch)
    .filter(({ positives, negatives }) => positives.length > 0 && negatives.length > 0)
    .map(({ positives, negatives }) => [side(positives, true), side(negatives, false)] as const);
  return listedTerms(
    numberEach(anchors, ([near, far]) => softplus(near.total + far.total)),
    (term, weight) => {
      const both = anchors[term]!;
      const whole = weight * sigmoid(both[0].total + both[1].total);
      for (const { cells, slopes, exponents, total } of both)
        exponents.forEach((exponent, i) => {
          gradients.values[cells[i]!]! += whole * slopes[i]! * Math.exp(exponent - total);
        });
    },
  );
}
