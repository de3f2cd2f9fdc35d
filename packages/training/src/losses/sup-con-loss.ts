import { pairsByAnchor } from './anchor-pairs.js';
import { positive } from './check-options.js';
import { logSumExp } from './log-sum-exp.js';
import type { Loss } from './loss.js';
import { numberEach } from './number-each.js';
import type { PairBatch, PairGradients } from './pair-loss.js';
import { defineSimilarityLoss, type SimilarityLossOptions } from './similarity-loss.js';
import { listedTerms, type Terms } from './terms.js';

export interface SupConLossOptions extends SimilarityLossOptions {
  /** Default 0.1. */
  readonly temperature?: number | undefined;
}

/**
 * Supervised contrastive loss: for each anchor the mean over its positives p of
 * `-(s_ap / t - ln(sum over j of e^(s_aj / t)))`, where j runs over all its positive and negative pairs (with labels: all
 * other rows).
 *
 * `s` is the cosine (of another distance its similarity: `dot`, or the negated distance). `mean` divides by the anchors that
 * have a positive; the others are no terms. `none`: one number for each anchor with a positive, in order. Targets of every
 * kind, mined pairs or triplets (each pair counts once), and a reference. Without a positive pair the loss and its
 * gradients are 0.
 *
 * @throws {NearkinError} `INVALID_ARGUMENT` for options; computing: `NON_FINITE`, `DIMENSION_MISMATCH`, `UNKNOWN_LABEL`
 * @source Khosla et al.: Supervised contrastive learning, NeurIPS 2020, equation 2 (L_out)
 * @example
 * const loss = supConLoss({ temperature: 1 });
 * loss.compute(tf.tensor2d([[1, 0], [1, 0], [0, 1]]), [0, 0, 1]).print(); // 0.3133: ln(1 + 1 / e)
 */
export function supConLoss(options: SupConLossOptions = {}): Loss {
  const { temperature = 0.1 } = options;
  return defineSimilarityLoss('supConLoss', options, {
    rules: { temperature: positive },
    terms: (batch, gradients) => supConTerms(batch, gradients, temperature),
  });
}

function supConTerms(batch: PairBatch, gradients: PairGradients, temperature: number): Terms {
  const anchors = pairsByAnchor(batch).filter(({ positives }) => positives.length > 0);
  const scaled = ({ positives, negatives }: (typeof anchors)[number]) =>
    numberEach([...positives, ...negatives], (cell) => batch.values[cell]! / temperature);
  const totals = new Float64Array(anchors.length);
  const terms = numberEach(anchors, (anchor, i) => {
    const logits = scaled(anchor);
    const total = logSumExp(logits);
    totals[i] = total;
    let sum = 0;
    for (let p = 0; p < anchor.positives.length; p++) sum += total - logits[p]!;
    return sum / anchor.positives.length;
  });
  return listedTerms(terms, (term, weight) => {
    const { positives, negatives } = anchors[term]!;
    const add = (cell: number, share: number) => {
      const probability = Math.exp(batch.values[cell]! / temperature - totals[term]!);
      gradients.values[cell]! += ((probability - share) * weight) / temperature;
    };
    for (const cell of positives) add(cell, 1 / positives.length);
    for (const cell of negatives) add(cell, 0);
  });
}
