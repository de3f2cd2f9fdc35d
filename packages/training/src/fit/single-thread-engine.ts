import { NearkinError } from '@nearkin/core';
import { keep, type Scalar, type Tensor, type Tensor2D, tidy, variableGrads } from '@tensorflow/tfjs';
import type { TrainableModel, TrainableWeight } from '../models/trainable-model.js';
import type { GradientEngine, StepGradients } from './gradient-engine.js';

/**
 * Computes gradients in this thread, on the backend that runs.
 *
 * @example
 * const engine = singleThreadEngine(model);
 * const { loss, gradients } = await engine.compute(inputs, lossOfBatch, { seed: 1, lossWeights: [] });
 */
export function singleThreadEngine(model: TrainableModel): GradientEngine {
  return Object.freeze({
    async compute(
      inputs: Tensor,
      loss: (embeddings: Tensor2D) => Scalar,
      { seed, lossWeights }: { readonly seed: number; readonly lossWeights: readonly TrainableWeight[] },
    ): Promise<StepGradients> {
      const weights = [...model.weights, ...lossWeights];
      let embeddings: Tensor2D | undefined;
      let failure: { readonly error: unknown } | undefined;
      const { value, grads } = tidy(() =>
        variableGrads(
          () => {
            const rows = model.forward(inputs, { training: true, seed });
            embeddings = keep(rows.clone());
            // A batch without a single pair has a loss that does not depend on the rows; its gradient is zero, not an error.
            const nothing = rows.sum().mul(0) as Scalar;
            try {
              return loss(rows).asScalar().add(nothing) as Scalar;
            } catch (error) {
              // Thrown out of here it would leave behind what tfjs keeps for the gradient.
              failure = { error };
              return nothing;
            }
          },
          weights.map(({ variable }) => variable),
        ),
      );
      try {
        if (failure) throw failure.error;
        const gradients: Record<string, Float32Array> = {};
        for (const { name, variable } of weights) {
          const gradient = grads[variable.name];
          if (gradient) gradients[name] = (await gradient.data()) as Float32Array;
        }
        return {
          loss: (await value.data())[0]!,
          embeddings: Float32Array.from(await embeddings!.data()),
          gradients,
        };
      } finally {
        value.dispose();
        embeddings!.dispose();
        for (const gradient of Object.values(grads)) gradient?.dispose();
      }
    },
    dispose() {},
  });
}

/** @throws {NearkinError} `INVALID_ARGUMENT` when two weights have one name */
export function assertDistinctNames(weights: readonly TrainableWeight[]): void {
  const seen = new Set<string>();
  for (const { name } of weights) {
    if (seen.has(name))
      throw new NearkinError('INVALID_ARGUMENT', `Two weights are called ${name}; every weight needs its own name.`, {
        details: { name },
      });
    seen.add(name);
  }
}
