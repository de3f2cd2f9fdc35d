import type { Distance } from './distance.js';
import { multiplyRows, weighRows } from './multiply-rows.js';

/** The dot product as it is: -inf to inf, higher is closer. As a distance: `-dot`. */
export const dot: Distance = Object.freeze<Distance>({
  name: 'dot',
  higherIsCloser: true,
  origin: 0,
  ofDirections: false,
  values: multiplyRows,
  gradient: (_a, b, _values, upstream) => weighRows(upstream, b),
});

/** Beyond this, two directions in double precision are the same, or opposite. */
const same = 1 - 1e-14;

/** The cosine of the angle, -1 to 1, higher is closer; 0 where a row is zero. As a distance: `1 - cosine`. */
export const cosine: Distance = Object.freeze<Distance>({
  name: 'cosine',
  higherIsCloser: true,
  origin: 1,
  ofDirections: true,
  values(a, b) {
    const values = multiplyRows(a, b);
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      if (value > same) values[i] = 1;
      else if (value < -same) values[i] = -1;
    }
    return values;
  },
  gradient: dot.gradient,
});
