import { createRng, createVectors, l2Normalize } from '@nearkin/core';
import { expect, it } from 'vitest';
import { createPrepareQuery } from './prepare-query.js';

const dim = 37;

it('prepares one query as a batch is prepared, bit for bit', () => {
  const prepare = createPrepareQuery({ dim, unit: true });
  const rng = createRng(1);
  for (const size of [1, 1e-38, 1e37, 0]) {
    const vector = Float32Array.from({ length: dim }, () => size * rng.normal());
    expect(prepare(vector).data).toEqual(l2Normalize(createVectors(vector, dim)).data);
    expect(createPrepareQuery({ dim, unit: false })(vector).data).toEqual(vector);
  }
});

it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('refuses %s wherever it stands', (value) => {
  for (const unit of [true, false])
    for (const place of [0, 5, dim - 1]) {
      const vector = new Float32Array(dim).fill(1);
      vector[place] = value;
      expect(() => createPrepareQuery({ dim, unit })(vector)).toThrow(`in row 0, column ${place}`);
    }
});
