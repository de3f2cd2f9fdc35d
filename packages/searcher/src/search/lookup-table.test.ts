import { describe, expect, it } from 'vitest';
import { lookupTable, wholeLookupTable } from './lookup-table.js';

// The codebook of scann_ondevice's searcher test: two blocks of 2 and 3 dimensions, three codewords each.
const codebook = {
  widths: [2, 3],
  codewords: 3,
  data: Float32Array.of(0.1, 0.2, 0.2, 0.1, 0.9, 0.8, -0.1, -0.2, -0.3, -0.3, -0.2, -0.1, -0.9, -0.8, -0.7),
};
const round = (values: ArrayLike<number>) => Array.from(values, (value) => Math.round(value * 1e4) / 1e4);

describe('lookupTable', () => {
  it('gives the published squared distances and dot products', () => {
    const zeros = lookupTable(new Float32Array(5), { codebook, distance: 'squaredL2' });
    const ones = lookupTable(new Float32Array(5).fill(1), { codebook, distance: 'squaredL2' });
    const dots = lookupTable(new Float32Array(5).fill(1), { codebook, distance: 'dot' });
    expect(round(zeros)).toEqual([0.05, 0.05, 1.45, 0.14, 0.14, 1.94]);
    expect(round(ones)).toEqual([1.45, 1.45, 0.05, 4.34, 4.34, 9.74]);
    expect(round(dots)).toEqual([-0.3, -0.3, -1.7, 0.6, 0.6, 2.4]);
  });

  it('gives the published whole numbers', () => {
    const zeros = lookupTable(new Float32Array(5), { codebook, distance: 'squaredL2' });
    const ones = lookupTable(new Float32Array(5).fill(1), { codebook, distance: 'squaredL2' });
    // The two queries are one batch: their tables share a range.
    const batch = Float32Array.of(...zeros, ...ones);
    expect([...wholeLookupTable(batch, { bits: 8 }).values]).toEqual([0, 0, 36, 2, 2, 49, 36, 36, 0, 112, 112, 255]);
    expect([...wholeLookupTable(batch, { bits: 16 }).values]).toEqual([
      0, 0, 295, 19, 19, 399, 295, 295, 0, 906, 906, 2047,
    ]);
    expect([...wholeLookupTable(new Float32Array(3).fill(2), { bits: 8 }).values]).toEqual([0, 0, 0]);
  });

  it('refuses a query of another dimension', () => {
    expect(() => lookupTable(new Float32Array(4), { codebook, distance: 'dot' })).toThrow('codebook of 4');
  });
});
