import type { Distance } from './distance.js';
import type { Rows } from './rows.js';

/** Length of the difference, not squared. Its gradient at distance 0 is 0. */
export const euclidean: Distance = Object.freeze<Distance>({
  name: 'euclidean',
  higherIsCloser: false,
  origin: 0,
  ofDirections: false,
  values: (a, b) => squaredLengths(a, b).map(Math.sqrt),
  gradient: (a, b, values, upstream) =>
    alongDifferences(
      a,
      b,
      upstream.map((slope, i) => (values[i] === 0 ? 0 : slope / values[i]!)),
    ),
});

/** Squared length of the difference. */
export const squaredEuclidean: Distance = Object.freeze<Distance>({
  name: 'squaredEuclidean',
  higherIsCloser: false,
  origin: 0,
  ofDirections: false,
  values: squaredLengths,
  gradient: (a, b, _values, upstream) =>
    alongDifferences(
      a,
      b,
      upstream.map((slope) => 2 * slope),
    ),
});

/** Sum of the absolute differences. The gradient of a coordinate in which the rows agree is 0. */
export const manhattan: Distance = Object.freeze<Distance>({
  name: 'manhattan',
  higherIsCloser: false,
  origin: 0,
  ofDirections: false,
  values: absoluteSums,
  gradient: (a, b, _values, upstream) => alongSigns(a, b, upstream),
});

// The loops are written out: a call for each coordinate would take several times as long.

function squaredLengths(a: Rows, b: Rows): Float64Array {
  const { data: x, dim } = a;
  const { data: y } = b;
  const out = new Float64Array(a.count * b.count);
  for (let row = 0, at = 0; row < a.count; row++)
    for (let column = 0; column < b.count; column++) {
      const [p, q] = [row * dim, column * dim];
      let sum = 0;
      for (let i = 0; i < dim; i++) {
        const difference = x[p + i]! - y[q + i]!;
        sum += difference * difference;
      }
      out[at++] = sum;
    }
  return out;
}

function absoluteSums(a: Rows, b: Rows): Float64Array {
  const { data: x, dim } = a;
  const { data: y } = b;
  const out = new Float64Array(a.count * b.count);
  for (let row = 0, at = 0; row < a.count; row++)
    for (let column = 0; column < b.count; column++) {
      const [p, q] = [row * dim, column * dim];
      let sum = 0;
      for (let i = 0; i < dim; i++) sum += Math.abs(x[p + i]! - y[q + i]!);
      out[at++] = sum;
    }
  return out;
}

/** Sums of differences of rows under weights, shape of a; pairs of weight 0 cost nothing. */
function alongDifferences(a: Rows, b: Rows, weights: Float64Array): Float64Array {
  const { data: x, dim } = a;
  const { data: y } = b;
  const out = new Float64Array(a.count * dim);
  for (let row = 0, at = 0; row < a.count; row++)
    for (let column = 0; column < b.count; column++) {
      const weight = weights[at++]!;
      if (weight === 0) continue;
      const [p, q] = [row * dim, column * dim];
      for (let i = 0; i < dim; i++) out[p + i]! += weight * (x[p + i]! - y[q + i]!);
    }
  return out;
}

/** The same of the signs of differences. */
function alongSigns(a: Rows, b: Rows, weights: Float64Array): Float64Array {
  const { data: x, dim } = a;
  const { data: y } = b;
  const out = new Float64Array(a.count * dim);
  for (let row = 0, at = 0; row < a.count; row++)
    for (let column = 0; column < b.count; column++) {
      const weight = weights[at++]!;
      if (weight === 0) continue;
      const [p, q] = [row * dim, column * dim];
      for (let i = 0; i < dim; i++) out[p + i]! += weight * Math.sign(x[p + i]! - y[q + i]!);
    }
  return out;
}
