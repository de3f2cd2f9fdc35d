import { memory, scalar, type Tensor, type Tensor2D, tensor1d, tensor2d, tidy, variableGrads } from '@tensorflow/tfjs';
import { expect } from 'vitest';
import type { Loss, Targets } from '../src/index.js';
import { noise } from './compare-backends.js';
import { startBackend } from './start-backend.js';

type Matrix = readonly (readonly number[])[];
type ComputeOptions = NonNullable<Parameters<Loss['compute']>[2]>;

/** Rows of noise as single precision holds them. */
export function noiseRows(rows: number, dim: number, seed: number): number[][] {
  const data = noise(rows * dim, seed);
  return Array.from({ length: rows }, (_, r) => Array.from(data.subarray(r * dim, (r + 1) * dim)));
}

export const tensorOf = (rows: Matrix, dim = rows[0]?.length ?? 0): Tensor2D =>
  tensor2d(Float32Array.from(rows.flat()), [rows.length, dim]);

/** The loss's value, gradients of the embeddings and of its own weights by name, on the backend that runs. */
export function lossAndGradients(loss: Loss, rows: Matrix, targets: Targets, options: ComputeOptions = {}) {
  return differentiate(loss.weights, [rows], ([x]) => loss.compute(x!, targets, options));
}

/** The value of a function of matrices, and its gradients with respect to them and to weights. */
export function differentiate(
  weights: Loss['weights'],
  inputs: readonly Matrix[],
  compute: (inputs: Tensor2D[]) => Tensor,
): { value: number; gradients: number[][]; weights: number[][] } {
  const before = memory().numTensors;
  const found = tidy(() => {
    const variables = inputs.map((rows) => tensorOf(rows).variable());
    const own = weights.map(({ variable }) => variable).filter(({ trainable }) => trainable);
    const { value, grads } = variableGrads(
      () =>
        compute(variables as unknown as Tensor2D[])
          .mul(scalar(1))
          .asScalar(),
      [...variables, ...own],
    );
    const numbers = {
      value: value.dataSync()[0]!,
      gradients: variables.map(({ name }) => Array.from(grads[name]!.dataSync())),
      weights: own.map(({ name }) => Array.from(grads[name]!.dataSync())),
    };
    for (const variable of variables) variable.dispose();
    return numbers as never;
  }) as { value: number; gradients: number[][]; weights: number[][] };
  expect(memory().numTensors).toBe(before);
  return found;
}

/** Central differences in double precision. */
export function differences(rows: Matrix, value: (rows: number[][]) => number, step = 1e-5): number[] {
  return rows.flatMap((row, r) =>
    row.map((_, c) => {
      const moved = (by: number) => value(rows.map((line, i) => line.map((x, j) => (i === r && j === c ? x + by : x))));
      return (moved(step) - moved(-step)) / (2 * step);
    }),
  );
}

/** Expects equal numbers to a share of 2e-6 of the largest. */
export function expectNear(got: readonly number[], wanted: readonly number[], share = 2e-6): void {
  expect(got.length).toBe(wanted.length);
  const size = Math.max(1e-3, ...wanted.map(Math.abs));
  got.forEach((value, i) => {
    expect(Math.abs(value - wanted[i]!) / size, `number ${i}: ${value}, wanted ${wanted[i]}`).toBeLessThan(share);
  });
}

/**
 * Checks a loss on cpu and wasm: its value against a formula in double precision, its gradients against the finite
 * differences of that formula. No tensor may be left over.
 *
 * @param check.formula the scalar loss of embeddings and, where it has some, of its own weights
 */
export async function checkLoss(check: {
  readonly make: () => Loss;
  readonly rows: Matrix;
  readonly targets: Targets;
  readonly options?: () => ComputeOptions;
  readonly formula: (rows: number[][], weights: number[][]) => number;
}): Promise<void> {
  const { rows, targets, formula } = check;
  for (const backend of ['cpu', 'wasm'] as const) {
    await startBackend(backend);
    const loss = check.make();
    const start = loss.weights.map(({ variable }) => Array.from(variable.dataSync()));
    const plain = rows.map((row) => [...row]);
    const got = lossAndGradients(loss, rows, targets, check.options?.());
    const wanted = formula(plain, start);
    expect(Math.abs(got.value - wanted) / Math.max(1, Math.abs(wanted)), `${got.value}, wanted ${wanted}`).toBeLessThan(
      1e-6,
    );
    expectNear(
      got.gradients[0]!,
      differences(rows, (moved) => formula(moved, start)),
    );
    start.forEach((values, w) => {
      const slopes = differences([values], ([moved]) => formula(plain, Object.assign([...start], { [w]: moved! })));
      expectNear(got.weights[w]!, slopes);
    });
    loss.dispose();
  }
}

/** The terms of a loss with `reduction: 'none'`. */
export function termsOf(loss: Loss, rows: Matrix, targets: Targets, options: ComputeOptions = {}): number[] {
  return tidy(() => Array.from(loss.compute(tensorOf(rows), targets, options).dataSync()));
}

/** The gradient of weighted terms with respect to the embeddings. */
export function weightedTerms(loss: Loss, rows: Matrix, targets: Targets, weights: readonly number[]) {
  return differentiate(loss.weights, [rows], ([x]) =>
    loss
      .compute(x!, targets)
      .mul(tensor1d([...weights]))
      .sum(),
  );
}

// The formulas' own small words, apart from those of the sources.
export const dotOf = (a: readonly number[], b: readonly number[]) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
export const unitOf = (a: readonly number[]) => a.map((x) => x / Math.sqrt(dotOf(a, a)));
export const cosineOf = (a: readonly number[], b: readonly number[]) => dotOf(unitOf(a), unitOf(b));
export const lengthOf = (a: readonly number[], b: readonly number[]) =>
  Math.sqrt(a.reduce((sum, x, i) => sum + (x - b[i]!) ** 2, 0));
export const meanOf = (values: readonly number[]) =>
  values.length === 0 ? 0 : values.reduce((sum, x) => sum + x, 0) / values.length;
export const sumOf = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0);
export const others = (count: number, self: number) =>
  Array.from({ length: count }, (_, i) => i).filter((i) => i !== self);
