import { assertFinite, createVectors, type Vectors } from '@nearkin/core';

/** Turns one vector into a query. Its numbers stay valid until the next. */
export type PrepareQuery = (vector: Float32Array) => Vectors;

/**
 * The checks and scaling that a batch gets, in fewer passes and without new arrays: for one query they are a tenth of
 * the search. Gives the same bits.
 *
 * @param options.unit scale to length 1, as `l2Normalize` does
 */
export function createPrepareQuery({ dim, unit }: { dim: number; unit: boolean }): PrepareQuery {
  const shares = new Float64Array(dim);
  const query = createVectors(new Float32Array(dim), dim);
  return (vector) => {
    let largest = 0;
    let finite = true;
    for (let i = 0; i < dim; i++) {
      const size = Math.abs(vector[i]!);
      if (size > largest) largest = size;
      else if (!(size <= largest)) finite = false; // not a number
    }
    if (!finite || largest === Number.POSITIVE_INFINITY) assertFinite(createVectors(vector, dim));
    if (!unit) {
      query.data.set(vector);
      return query;
    }
    if (largest === 0) {
      query.data.fill(0);
      return query;
    }
    let sum = 0;
    for (let i = 0; i < dim; i++) {
      const share = vector[i]! / largest;
      shares[i] = share;
      sum += share * share;
    }
    const scale = 1 / Math.sqrt(sum);
    for (let i = 0; i < dim; i++) query.data[i] = shares[i]! * scale;
    return query;
  };
}
