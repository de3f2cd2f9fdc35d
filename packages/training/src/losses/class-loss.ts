import { NearkinError } from '@nearkin/core';
import { readRows } from '../distances/rows.js';
import { type ClassWeightOptions, classCosines, createClassWeights } from './class-weights.js';
import { differentiable } from './differentiable.js';
import type { Loss, Reduction } from './loss.js';
import type { Targets } from './targets.js';
import { reduceTerms, type Terms } from './terms.js';

/** What a loss with a vector for each class computes from. */
export interface ClassBatch {
  readonly rows: number;
  readonly classes: number;
  /** Shape `[rows, classes]`; the loss may overwrite them. */
  readonly cosines: Float64Array;
  readonly targets: Targets;
}

interface ClassLossParts {
  readonly name: string;
  readonly options: ClassWeightOptions;
  /** Where the options leave it open. */
  readonly learningRateScale: number;
  readonly reduction: Reduction;
  /**
   * Groups of terms.
   *
   * @param collect takes the array that holds the gradient with respect to the cosines once all terms went backward
   */
  terms(batch: ClassBatch, collect: (gradients: Float64Array) => void): readonly Terms[];
}

/** Makes a loss that is a function of the cosines of embeddings and learned class vectors. */
export function defineClassLoss(parts: ClassLossParts): Loss {
  const { name, options } = parts;
  const scale = options.learningRateScale ?? parts.learningRateScale;
  const weight = createClassWeights(name, { ...options, learningRateScale: scale });
  return Object.freeze<Loss>({
    name,
    weights: Object.freeze([weight]),
    compute(embeddings, targets, { mined, reference } = {}) {
      if (mined || reference)
        throw new NearkinError(
          'UNSUPPORTED',
          `Expected no ${mined ? 'mined pairs' : 'reference'} for ${name}: it compares samples with class vectors, not with one another. Leave out the ${mined ? 'miner' : 'memory'}.`,
        );
      return differentiable([embeddings, weight.variable], ([data, vectors]) => {
        const batch = readRows('embeddings', embeddings, data);
        const { classes, dim } = options;
        if (batch.dim !== dim)
          throw new NearkinError(
            'DIMENSION_MISMATCH',
            `Expected embeddings of dimension ${dim} as ${name} was made for, got ${batch.dim}.`,
            { details: { expected: dim, got: batch.dim } },
          );
        const cosines = classCosines(batch, { data: vectors!, count: classes, dim });
        const [rows, size] = [batch.count, cosines.values.length];
        let gradients: Float64Array | undefined;
        const terms = parts.terms({ rows, classes, cosines: cosines.values, targets }, (given) => {
          gradients = given;
        });
        // An empty batch goes not backward.
        return reduceTerms(terms, parts.reduction, () => cosines.backward(gradients ?? new Float64Array(size)));
      });
    },
    dispose: () => weight.variable.dispose(),
  });
}
