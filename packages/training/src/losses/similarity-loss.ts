import type { DistanceName } from '../distances/distance.js';
import { checkOptions, distanceName, flag, type OptionRule, reductionName } from './check-options.js';
import type { Loss, Reduction } from './loss.js';
import { definePairLoss, type PairBatch, type PairGradients } from './pair-loss.js';
import type { Terms } from './terms.js';

/** What losses of cosines have in common. */
export interface SimilarityLossOptions {
  /** Default `cosine`. */
  readonly distance?: DistanceName | undefined;
  /** Scales embeddings to length 1 first, which `cosine` does anyway; default false. */
  readonly normalize?: boolean | undefined;
  /** Default `mean`. */
  readonly reduction?: Reduction | undefined;
}

/** Makes a loss that is a function of the similarities of pairs, cosines unless told otherwise. */
export function defineSimilarityLoss(
  name: string,
  options: SimilarityLossOptions,
  parts: {
    /** Of the options that it has beside those of all. */
    readonly rules: Readonly<Record<string, OptionRule>>;
    terms(batch: PairBatch, gradients: PairGradients): Terms;
  },
): Loss {
  checkOptions(name, options, {
    ...parts.rules,
    distance: distanceName,
    normalize: flag,
    reduction: reductionName,
  });
  const { distance = 'cosine', normalize = false, reduction = 'mean' } = options;
  return definePairLoss({
    name,
    distance,
    as: 'similarity',
    normalize,
    reduction,
    terms: (batch, gradients) => [parts.terms(batch, gradients)],
  });
}
