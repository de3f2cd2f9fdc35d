import { NearkinError } from '@nearkin/core';
import { getBackend, type Tensor, tensor, tidy } from '@tensorflow/tfjs';
import type { TrainableWeight } from '../models/trainable-model.js';
import type { Optimizer } from '../optimizers/optimizer.js';

interface HostWeight {
  readonly weight: TrainableWeight;
  readonly values: Float32Array;
  readonly slots: Readonly<Record<string, Float32Array>>;
  /** Sum of the gradients since the last update. */
  readonly gradient: Float32Array;
}

/**
 * The weights of a run as plain arrays beside their variables: optimisers, averages and checkpoints work on arrays, so
 * that every backend gives the same update and nothing is left on a device.
 */
export interface TrainingWeights {
  readonly list: readonly HostWeight[];
  /** Adds gradients to those of earlier batches of the step; tensors are disposed. @returns false if one is not finite */
  add(gradients: Readonly<Record<string, Tensor | Float32Array>>): Promise<boolean>;
  /** Moves the weights against the gathered gradients. @returns the norm of all gradients together, before clipping */
  update(options: {
    readonly optimizer: Optimizer;
    readonly learningRate: number;
    readonly update: number;
    readonly batches: number;
    readonly clip: number | undefined;
  }): number;
  /** Puts values into the variables: the weights', or others of the same lengths. */
  show(values?: readonly Float32Array[]): void;
}

export async function openTrainingWeights(
  weights: readonly TrainableWeight[],
  optimizer: Optimizer,
): Promise<TrainingWeights> {
  const list = await Promise.all(
    weights.map(async (weight): Promise<HostWeight> => {
      const values = Float32Array.from(await weight.variable.data());
      return {
        weight,
        values,
        slots: Object.fromEntries(optimizer.slots.map((slot) => [slot, new Float32Array(values.length)])),
        gradient: new Float32Array(values.length),
      };
    }),
  );
  return Object.freeze({
    list,
    async add(gradients: Readonly<Record<string, Tensor | Float32Array>>) {
      let allFinite = true;
      for (const { weight, gradient } of list) {
        const added = gradients[weight.name];
        if (!added) continue;
        const values = added instanceof Float32Array ? added : await added.data();
        if (!(added instanceof Float32Array)) added.dispose();
        if (values.length !== gradient.length)
          throw new NearkinError(
            'DIMENSION_MISMATCH',
            `Expected a gradient of ${gradient.length} numbers for ${weight.name}, got ${values.length}.`,
          );
        let sum = 0;
        for (let i = 0; i < gradient.length; i++) {
          const value = values[i]!;
          gradient[i] = gradient[i]! + value;
          sum += value;
        }
        allFinite &&= Number.isFinite(sum);
      }
      return allFinite;
    },
    update({ optimizer: rule, learningRate, update, batches, clip }: Parameters<TrainingWeights['update']>[0]) {
      const squares = list.reduce((sum, { gradient }) => sum + sumOfSquares(gradient), 0);
      const norm = Math.sqrt(squares) / batches;
      const factor = (clip !== undefined && norm > clip ? clip / norm : 1) / batches;
      for (const { weight, values, slots, gradient } of list) {
        if (factor !== 1) for (let i = 0; i < gradient.length; i++) gradient[i] = gradient[i]! * factor;
        const { learningRateScale = 1, decay = weight.variable.shape.length > 1 } = weight;
        rule.update({ values, gradient, slots, update, learningRate: learningRate * learningRateScale, decay });
        gradient.fill(0);
      }
      return norm;
    },
    show(values: readonly Float32Array[] = list.map((entry) => entry.values)) {
      // Wasm copies what it is given; other backends may keep it.
      const given = (own: Float32Array) => (getBackend() === 'wasm' ? own : own.slice());
      list.forEach(({ weight: { variable } }, i) => {
        tidy(() => variable.assign(tensor(given(values[i]!), variable.shape, 'float32') as never));
      });
    },
  });
}

/** An index runs several times faster here than an iterator. */
function sumOfSquares(values: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! * values[i]!;
  return sum;
}
