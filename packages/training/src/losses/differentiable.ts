import { NearkinError } from '@nearkin/core';
import { customGrad, type Tensor, tensor, tidy } from '@tensorflow/tfjs';

/** A value computed outside of tfjs, and its gradients. */
export interface Evaluation {
  /** One number for a scalar. */
  readonly value: number | Float64Array;
  /**
   * @param upstream as many numbers as the value has
   * @returns one array for each input
   */
  gradients(upstream: ArrayLike<number>): readonly Float64Array[];
}

/**
 * Makes a differentiable tfjs operation of plain code: losses compute in double precision on every backend, and no backend
 * needs kernels for them.
 *
 * @param evaluate gets the values of the inputs
 * @returns a scalar or shape `[numbers]`
 */
export function differentiable(
  inputs: readonly Tensor[],
  evaluate: (values: readonly Float32Array[]) => Evaluation,
): Tensor {
  const shapes = inputs.map(({ shape }) => shape);
  for (const { dtype } of inputs)
    if (dtype !== 'float32')
      throw new NearkinError('INVALID_ARGUMENT', `Expected a loss of float32 tensors, got ${dtype}.`);
  const operation = customGrad((...given) => {
    // The last one is a function that saves tensors for later; the evaluation holds what it needs.
    const tensors = given.slice(0, inputs.length) as Tensor[];
    const { value, gradients } = evaluate(tensors.map((input) => input.dataSync() as Float32Array));
    return {
      value: typeof value === 'number' ? tensor(value) : tensor(new Float32Array(value), [value.length]),
      gradFunc: (upstream) =>
        gradients((upstream as Tensor).dataSync()).map((gradient, i) =>
          tensor(new Float32Array(gradient), shapes[i], 'float32'),
        ),
    };
  });
  return tidy(() => operation(...(inputs as Tensor[])));
}
