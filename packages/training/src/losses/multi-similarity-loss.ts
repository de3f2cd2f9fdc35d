import { pairsByAnchor } from './anchor-pairs.js';
import { finite, positive } from './check-options.js';
import { logSumExp, sigmoid, softplus } from './log-sum-exp.js';
import type { Loss } from './loss.js';
import { numberEach } from './number-each.js';
import type { PairBatch, PairGradients } from './pair-loss.js';
import { defineSimilarityLoss, type SimilarityLossOptions } from './similarity-loss.js';
import { listedTerms, type Terms } from './terms.js';

export interface MultiSimilarityLossOptions extends SimilarityLossOptions {
  /** Scale of positives; default 2. */
  readonly alpha?: number | undefined;
  /** Scale of negatives; default 50. */
  readonly beta?: number | undefined;
  /** Similarity at which a pair weighs one; default 0.5. */
  readonly base?: number | undefined;
}

/**
 * Multi-similarity loss: for each row `ln(1 + sum over positives of e^(-alpha (s - base))) / alpha +
 * ln(1 + sum over negatives of e^(beta (s - base))) / beta`.
 *
 * `s` is the cosine (of another distance its similarity: `dot`, or the negated distance). `mean` divides by the batch, rows
 * without pairs (0) too; `none`: one number for each row. Its miner is apart: `multiSimilarityMiner`. Targets of every
 * kind, mined pairs or triplets (each pair counts once), and a reference. Without pairs the loss and its gradients are 0.
 *
 * @throws {NearkinError} `INVALID_ARGUMENT` for options; computing: `NON_FINITE`, `DIMENSION_MISMATCH`, `UNKNOWN_LABEL`
 * @source Wang et al.: Multi-similarity loss with general pair weighting for deep metric learning, CVPR 2019, equation 13
 * @example
 * const loss = multiSimilarityLoss({ alpha: 1, beta: 1, base: 0 });
 * loss.compute(tf.tensor2d([[1, 0], [0, 1]]), [0, 1]).print(); // 0.6931: ln 2
 */
export function multiSimilarityLoss(options: MultiSimilarityLossOptions = {}): Loss {
  const { alpha = 2, beta = 50, base = 0.5 } = options;
  return defineSimilarityLoss('multiSimilarityLoss', options, {
    rules: { alpha: positive, beta: positive, base: finite },
    terms: (batch, gradients) => multiSimilarityTerms(batch, gradients, { alpha, beta, base }),
  });
}

function multiSimilarityTerms(
  batch: PairBatch,
  gradients: PairGradients,
  { alpha, beta, base }: { alpha: number; beta: number; base: number },
): Terms {
  const { values } = batch;
  const sides = pairsByAnchor(batch).map(({ positives, negatives }) =>
    [
      { cells: positives, scale: -alpha },
      { cells: negatives, scale: beta },
    ].map(({ cells, scale }) => {
      const exponents = numberEach(cells, (cell) => scale * (values[cell]! - base));
      return { cells, scale, exponents, total: logSumExp(exponents) };
    }),
  );
  const terms = sides.map((both) => both.reduce((sum, { total, scale }) => sum + softplus(total) / Math.abs(scale), 0));
  return listedTerms(Float64Array.from(terms), (term, weight) => {
    for (const { cells, scale, exponents, total } of sides[term]!) {
      const whole = weight * Math.sign(scale) * sigmoid(total);
      exponents.forEach((exponent, i) => {
        gradients.values[cells[i]!]! += whole * Math.exp(exponent - total);
      });
    }
  });
}
