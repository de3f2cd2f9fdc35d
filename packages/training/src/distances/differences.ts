import type { Distance } from './distance.js';
import type { Rows } from './rows.js';

/** Length of the difference, not squared. Its gradient at distance 0 is 0. */
export const euclidean: Distance = Object.freeze<Distance>({
  name: 'euclidean',
  higherIsCloser: false,
  origin: 0,
  ofDirections: false,
  values: (a, b) => compare(a, b, (x) => x * x, Math.sqrt),
  gradient: (a, b, values, upstream) => pull(a, b, (i) => (values[i] === 0 ? 0 : upstream[i]! / values[i]!), identity),
});

/** Squared length of the difference. */
export const squaredEuclidean: Distance = Object.freeze<Distance>({
  name: 'squaredEuclidean',
  higherIsCloser: false,
  origin: 0,
  ofDirections: false,
  values: (a, b) => compare(a, b, (x) => x * x, identity),
  gradient: (a, b, _values, upstream) => pull(a, b, (i) => 2 * upstream[i]!, identity),
});

/** Sum of the absolute differences. The gradient of a coordinate in which the rows agree is 0. */
export const manhattan: Distance = Object.freeze<Distance>({
  name: 'manhattan',
  higherIsCloser: false,
  origin: 0,
  ofDirections: false,
  values: (a, b) => compare(a, b, Math.abs, identity),
  gradient: (a, b, _values, upstream) => pull(a, b, (i) => upstream[i]!, Math.sign),
});

function identity(x: number): number {
  return x;
}

function compare(a: Rows, b: Rows, each: (x: number) => number, whole: (sum: number) => number): Float64Array {
  const { data: x, dim } = a;
  const { data: y } = b;
  const out = new Float64Array(a.count * b.count);
  for (let row = 0, at = 0; row < a.count; row++)
    for (let column = 0; column < b.count; column++) {
      const [p, q] = [row * dim, column * dim];
      let sum = 0;
      for (let i = 0; i < dim; i++) sum += each(x[p + i]! - y[q + i]!);
      out[at++] = whole(sum);
    }
  return out;
}

/** Adds up `weight(pair) x direction(difference)`; pairs of weight 0 cost nothing. */
function pull(a: Rows, b: Rows, weight: (pair: number) => number, direction: (x: number) => number): Float64Array {
  const { data: x, dim } = a;
  const { data: y } = b;
  const out = new Float64Array(a.count * dim);
  for (let row = 0, at = 0; row < a.count; row++)
    for (let column = 0; column < b.count; column++) {
      const w = weight(at++);
      if (w === 0) continue;
      const [p, q] = [row * dim, column * dim];
      for (let i = 0; i < dim; i++) out[p + i]! += w * direction(x[p + i]! - y[q + i]!);
    }
  return out;
}
