import { describe, expect, it } from 'vitest';
import { assertFinite, createVectors, l2Normalize, selectRows, vectorAt } from './vectors.js';

describe('createVectors', () => {
  it('counts the rows and keeps the data itself', () => {
    const data = Float32Array.of(1, 2, 3, 4, 5, 6);
    const vectors = createVectors(data, 3);
    expect(vectors).toMatchObject({ dim: 3, count: 2 });
    expect(vectors.data).toBe(data);
    expect(createVectors(new Float32Array(0), 3).count).toBe(0);
  });

  it('refuses a length that does not fit and a dimension that is none', () => {
    expect(() => createVectors(new Float32Array(5), 3)).toThrowError(
      expect.objectContaining({ code: 'DIMENSION_MISMATCH' }),
    );
    for (const dim of [0, -1, 1.5, Number.NaN])
      expect(() => createVectors(new Float32Array(6), dim)).toThrowError(
        expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
      );
  });
});

describe('vectorAt and selectRows', () => {
  const vectors = createVectors(Float32Array.of(1, 2, 3, 4, 5, 6), 2);

  it('views a row and copies a selection', () => {
    expect([...vectorAt(vectors, 1)]).toEqual([3, 4]);
    const chosen = selectRows(vectors, [2, 0, 2]);
    expect([...chosen.data]).toEqual([5, 6, 1, 2, 5, 6]);
    chosen.data[0] = 9;
    expect(vectors.data[4]).toBe(5);
  });

  it('refuses rows that are not there', () => {
    for (const row of [-1, 3, 0.5, Number.NaN])
      expect(() => vectorAt(vectors, row)).toThrowError(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });
});

describe('assertFinite', () => {
  it('names the place of the first bad number', () => {
    expect(() => assertFinite(createVectors(Float32Array.of(1, 2, 3, Number.NaN), 2))).toThrowError(
      expect.objectContaining({ code: 'NON_FINITE', details: { row: 1, column: 1 } }),
    );
    expect(() => assertFinite(createVectors(Float32Array.of(1, Number.POSITIVE_INFINITY), 2))).toThrow('Infinity');
  });
});

describe('l2Normalize', () => {
  it('gives unit rows, leaves zero rows zero and the input alone', () => {
    const data = Float32Array.of(3, 4, 0, 0, -5, 12);
    const unit = l2Normalize(createVectors(data, 2));
    for (const [i, value] of [0.6, 0.8, 0, 0, -5 / 13, 12 / 13].entries()) expect(unit.data[i]).toBeCloseTo(value, 7);
    expect([...data]).toEqual([3, 4, 0, 0, -5, 12]);
  });

  it('neither overflows nor vanishes at the ends of float32', () => {
    const unit = l2Normalize(createVectors(Float32Array.of(3e38, 3e38, 1e-45, 0, 1e-40, 1e-40), 2));
    for (const [i, value] of [Math.SQRT1_2, Math.SQRT1_2, 1, 0].entries()) expect(unit.data[i]).toBeCloseTo(value, 6);
    expect(unit.data[4]).toBeCloseTo(Math.SQRT1_2, 4);
  });
});
