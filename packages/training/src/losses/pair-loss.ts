import { compareRows } from '../distances/compare-rows.js';
import type { DistanceName } from '../distances/distance.js';
import { readRows } from '../distances/rows.js';
import type { MinedPairs } from '../miners/miner.js';
import type { TrainableWeight } from '../models/trainable-model.js';
import { differentiable } from './differentiable.js';
import type { Loss, Reduction, Reference } from './loss.js';
import { minedPairs, type Pairs, pairsOf } from './pair-list.js';
import { relate } from './relation.js';
import type { Targets } from './targets.js';
import { reduceTerms, type Terms } from './terms.js';

/** What a loss over pairs computes from. */
export interface PairBatch {
  readonly rows: number;
  readonly columns: number;
  /** Shape `[rows, columns]`, distances or similarities as the loss asked for. */
  readonly values: Float64Array;
  readonly targets: Targets;
  readonly mined: MinedPairs | undefined;
  readonly reference: Reference | undefined;
  readonly weights: readonly Float32Array[];
  /** The pairs to look at: those mined, else all. */
  pairs(options: { readonly repeats: boolean }): Pairs;
}

/** Where the gradients of terms are added up. */
export interface PairGradients {
  /** With respect to {@link PairBatch.values}. */
  readonly values: Float64Array;
  readonly weights: readonly Float64Array[];
}

/** What tells one loss over pairs from another. */
interface PairLossParts {
  readonly name: string;
  readonly distance: DistanceName;
  readonly as: 'distance' | 'similarity';
  readonly normalize: boolean;
  readonly reduction: Reduction;
  readonly weights?: readonly TrainableWeight[];
  readonly collapsedValue?: number | undefined;
  /** Groups of terms, each reduced by itself; their backward adds to the gradients. */
  terms(batch: PairBatch, gradients: PairGradients): readonly Terms[];
}

/** Makes a loss that is a function of the distances or similarities of pairs. */
export function definePairLoss(parts: PairLossParts): Loss {
  const weights = parts.weights ?? [];
  const { name, distance, as, normalize, reduction } = parts;
  return Object.freeze<Loss>({
    name,
    weights,
    ...(parts.collapsedValue === undefined ? {} : { collapsedValue: parts.collapsedValue }),
    compute(embeddings, targets, { mined, reference } = {}) {
      const inputs = [embeddings, ...weights.map(({ variable }) => variable)];
      return differentiable(inputs, ([data, ...weightValues]) => {
        const batch = readRows('embeddings', embeddings, data);
        const other = reference && readRows('reference embeddings', reference.embeddings);
        const comparison = compareRows(batch, { distance, as, normalize, reference: other });
        const { rows, columns, values } = comparison;
        const gradients = {
          values: new Float64Array(values.length),
          weights: weightValues.map(({ length }) => new Float64Array(length)),
        };
        const pairs = ({ repeats }: { repeats: boolean }) =>
          mined ? minedPairs(mined, { rows, columns, repeats }) : pairsOf(relateBatch(targets, batch.count, reference));
        const terms = parts.terms(
          { rows, columns, values, targets, mined, reference, weights: weightValues, pairs },
          gradients,
        );
        return reduceTerms(terms, reduction, () => [comparison.backward(gradients.values), ...gradients.weights]);
      });
    },
    dispose() {
      for (const { variable } of weights) variable.dispose();
    },
  });
}

/** The relation of a batch to itself, or to a reference. */
export function relateBatch(targets: Targets, rows: number, reference: Reference | undefined) {
  if (!reference) return relate(targets, rows);
  const { embeddings, targets: other, copyOf } = reference;
  return relate(targets, rows, { rows: embeddings.shape[0], targets: other, copyOf });
}
