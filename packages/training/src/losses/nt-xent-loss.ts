import { pairsByAnchor } from './anchor-pairs.js';
import { positive } from './check-options.js';
import { logSumExp, sigmoid, softplus } from './log-sum-exp.js';
import type { Loss } from './loss.js';
import { numberEach } from './number-each.js';
import type { PairBatch, PairGradients } from './pair-loss.js';
import { defineSimilarityLoss, type SimilarityLossOptions } from './similarity-loss.js';
import { listedTerms, type Terms } from './terms.js';

export interface NtXentLossOptions extends SimilarityLossOptions {
  /** Default 0.07. */
  readonly temperature?: number | undefined;
}

/**
 * Normalised temperature-scaled cross entropy (InfoNCE): for each positive pair
 * `-ln(e^(s_ap / t) / (e^(s_ap / t) + sum over the anchor's negatives of e^(s_an / t)))`. Other positives of the anchor are
 * not in the denominator.
 *
 * `s` is the cosine (of another distance its similarity: `dot`, or the negated distance). Pairs are ordered; `mean` divides
 * by the positive pairs, those of an anchor without negatives (loss 0) too. `none`: one number for each positive pair, by
 * anchor and positive. Targets of every kind, mined pairs or triplets (each pair counts once), and a reference. Without a
 * positive pair the loss and its gradients are 0.
 *
 * @throws {NearkinError} `INVALID_ARGUMENT` for options; computing: `NON_FINITE`, `DIMENSION_MISMATCH`, `UNKNOWN_LABEL`
 * @source Chen et al.: A simple framework for contrastive learning (SimCLR), ICML 2020, equation 1; van den Oord et al. 2018
 * @example
 * const loss = ntXentLoss({ temperature: 1 });
 * loss.compute(tf.tensor2d([[1, 0], [1, 0], [0, 1]]), [0, 0, 1]).print(); // 0.3133: ln(1 + 1 / e)
 */
export function ntXentLoss(options: NtXentLossOptions = {}): Loss {
  const { temperature = 0.07 } = options;
  return defineSimilarityLoss('ntXentLoss', options, {
    rules: { temperature: positive },
    terms: (batch, gradients) => ntXentTerms(batch, gradients, temperature),
  });
}

function ntXentTerms(batch: PairBatch, gradients: PairGradients, temperature: number): Terms {
  const { values } = batch;
  const pairs: { cell: number; negatives: Int32Array; total: number }[] = [];
  for (const { positives, negatives } of pairsByAnchor(batch)) {
    const total = logSumExp(numberEach(negatives, (cell) => values[cell]! / temperature));
    for (const cell of positives) pairs.push({ cell, negatives, total });
  }
  // The loss of a pair is ln(1 + e^x), where x is what the negatives have over the positive.
  const excess = ({ cell, total }: (typeof pairs)[number]) => total - values[cell]! / temperature;
  return listedTerms(
    numberEach(pairs, (pair) => softplus(excess(pair))),
    (term, weight) => {
      const pair = pairs[term]!;
      const pull = (sigmoid(excess(pair)) * weight) / temperature;
      if (pull === 0) return;
      gradients.values[pair.cell]! -= pull;
      for (const cell of pair.negatives)
        gradients.values[cell]! += pull * Math.exp(values[cell]! / temperature - pair.total);
    },
  );
}
