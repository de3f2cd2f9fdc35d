import { type Rng, throwIfAborted } from '@nearkin/core';
import type { Operator } from './centred-rows.js';
import { largestOfTridiagonal } from './tridiagonal.js';

export interface EigenPair {
  readonly value: number;
  /** Unit length. */
  readonly vector: Float64Array;
}

/** A pair is found when the operator turns its vector aside by less than this share of the value. */
const tolerance = 1e-10;

/**
 * The largest eigenvalue of a symmetric, positive semidefinite operator in the space orthogonal to the vectors already
 * found, with its vector: Lanczos iteration in which every new vector is made orthogonal to all before. Found one
 * after the other, equal eigenvalues each get a vector of their own.
 *
 * @param options.negligible eigenvalues up to this are rounding
 * @returns undefined when there is no eigenvalue left above `negligible`
 */
export function largestEigenpair(
  operator: Operator,
  options: { dim: number; found: readonly EigenPair[]; rng: Rng; negligible: number; signal?: AbortSignal | undefined },
): EigenPair | undefined {
  const { dim, rng, negligible } = options;
  const found = options.found.map((pair) => pair.vector);
  const basis: Float64Array[] = [];
  const diagonal: number[] = [];
  const beside: number[] = [];
  let next: Float64Array = Float64Array.from({ length: dim }, () => rng.uniform() - 0.5);
  orthogonalize(next, found);
  if (!normalize(next)) return undefined;
  for (;;) {
    throwIfAborted(options.signal);
    basis.push(next);
    const image = operator(next);
    diagonal.push(dot(image, next));
    orthogonalize(image, [...found, ...basis]);
    const rest = Math.sqrt(dot(image, image));
    const isFull = basis.length === dim - found.length || rest <= negligible;
    if (isFull || basis.length % 4 === 0) {
      const { value, vector } = largestOfTridiagonal(diagonal, beside);
      if (isFull || rest * Math.abs(vector.at(-1)!) <= tolerance * value) {
        if (value <= negligible) return undefined;
        const combined = new Float64Array(dim);
        basis.forEach((direction, i) => {
          addTo(combined, direction, vector[i]!);
        });
        orthogonalize(combined, found);
        return normalize(combined) ? { value, vector: combined } : undefined;
      }
    }
    beside.push(rest);
    normalize(image);
    next = image;
  }
}

/** Twice, because once leaves rounding behind that grows from step to step. */
function orthogonalize(vector: Float64Array, directions: readonly Float64Array[]): void {
  for (let pass = 0; pass < 2; pass++)
    for (const direction of directions) addTo(vector, direction, -dot(vector, direction));
}

function normalize(vector: Float64Array): boolean {
  const length = Math.sqrt(dot(vector, vector));
  if (length === 0) return false;
  for (let i = 0; i < vector.length; i++) vector[i]! /= length;
  return true;
}

function addTo(sum: Float64Array, vector: Float64Array, factor: number): void {
  for (let i = 0; i < sum.length; i++) sum[i]! += factor * vector[i]!;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
