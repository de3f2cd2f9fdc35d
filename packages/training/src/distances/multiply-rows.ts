import { getBackend, matMul, type Tensor2D, tensor2d, tidy, transpose } from '@tensorflow/tfjs';
import type { Rows } from './rows.js';

/** Multiplications from which the backend's matrix product pays for the two copies. */
const worthwhile = 4e6;

/**
 * Dot products of all rows: `a b^T`. Small products are computed in double precision here, large ones by the backend in
 * single precision, unless that is `cpu`.
 *
 * @returns shape `[a.count, b.count]`
 */
export function multiplyRows(a: Rows, b: Rows): Float64Array {
  if (onBackend(a.count * b.count * a.dim)) return byBackend(a, b, true);
  const { data: x, dim } = a;
  const { data: y } = b;
  const out = new Float64Array(a.count * b.count);
  for (let row = 0, at = 0; row < a.count; row++)
    for (let column = 0; column < b.count; column++) {
      const [p, q] = [row * dim, column * dim];
      let even = 0;
      let odd = 0;
      let i = 0;
      for (; i + 1 < dim; i += 2) {
        even += x[p + i]! * y[q + i]!;
        odd += x[p + i + 1]! * y[q + i + 1]!;
      }
      if (i < dim) even += x[p + i]! * y[q + i]!;
      out[at++] = even + odd;
    }
  return out;
}

/**
 * Sums of rows of b under weights: `weights b`. Weights of 0 cost nothing.
 *
 * @param weights shape `[count, b.count]`
 * @returns shape `[count, b.dim]`
 */
export function weighRows(weights: Float64Array, b: Rows): Float64Array {
  const { data: y, dim } = b;
  const count = weights.length / b.count;
  if (onBackend(weights.length * dim)) return byBackend({ data: weights, count, dim: b.count }, b, false);
  const out = new Float64Array(count * dim);
  for (let row = 0, at = 0; row < count; row++)
    for (let column = 0; column < b.count; column++) {
      const weight = weights[at++]!;
      if (weight === 0) continue;
      const [p, q] = [row * dim, column * dim];
      for (let i = 0; i < dim; i++) out[p + i]! += weight * y[q + i]!;
    }
  return out;
}

/**
 * The way back through {@link multiplyRows}: gradients of a and b, `upstream b` and `upstream^T a`.
 *
 * @param upstream shape `[a.count, b.count]`
 */
export function multiplyRowsBack(upstream: Float64Array, a: Rows, b: Rows): [Float64Array, Float64Array] {
  if (!onBackend(upstream.length * a.dim))
    return [weighRows(upstream, b), weighRows(transposed(upstream, a.count, b.count), a)];
  let both: [Float64Array, Float64Array] = [new Float64Array(), new Float64Array()];
  tidy(() => {
    const slopes = asTensor({ data: upstream, count: a.count, dim: b.count });
    both = [numbersOf(matMul(slopes, asTensor(b))), numbersOf(matMul(transpose(slopes), asTensor(a)))];
  });
  return both;
}

/** @param matrix shape `[rows, columns]` @returns shape `[columns, rows]` */
export function transposed(matrix: Float64Array, rows: number, columns: number): Float64Array {
  const out = new Float64Array(matrix.length);
  for (let row = 0, at = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) out[column * rows + row] = matrix[at++]!;
  return out;
}

function onBackend(multiplications: number): boolean {
  return multiplications >= worthwhile && getBackend() !== 'cpu';
}

function byBackend(a: Rows, b: Rows, flip: boolean): Float64Array {
  let values: Float64Array = new Float64Array();
  tidy(() => {
    const right: Tensor2D = asTensor(b);
    // A product with a transpose flag is many times slower on wasm than a transposition and a product. The numbers are
    // not what the function returns: tidy would look at every one of them for tensors.
    values = numbersOf(matMul(asTensor(a), flip ? transpose(right) : right));
  });
  return values;
}

const numbersOf = (matrix: Tensor2D): Float64Array => new Float64Array(matrix.dataSync());

const asTensor = ({ data, count, dim }: Rows): Tensor2D =>
  tensor2d(data instanceof Float32Array ? data : new Float32Array(data), [count, dim]);
