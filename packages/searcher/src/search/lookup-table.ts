import { NearkinError } from '@nearkin/core';

/** A codebook of product codes: block b has `codewords` vectors of `widths[b]` numbers, one after another in `data`. */
export interface Codebook {
  readonly widths: readonly number[];
  readonly codewords: number;
  readonly data: Float32Array;
}

/**
 * What each codeword adds to the distance of a query, as the on-device Searcher counts: squared distance, or minus the
 * dot product. A row's distance is the sum of its codes' entries.
 *
 * @returns shape `[blocks, codewords]`, lower is nearer
 * @throws {NearkinError} `DIMENSION_MISMATCH` when the blocks do not add up to the query
 * @source TensorFlow Lite Support, scann_ondevice, asymmetric hashing lookup
 */
export function lookupTable(
  query: Float32Array,
  { codebook, distance }: { codebook: Codebook; distance: 'squaredL2' | 'dot' },
): Float32Array {
  const { widths, codewords, data } = codebook;
  const dim = widths.reduce((a, b) => a + b, 0);
  if (dim !== query.length || data.length !== dim * codewords)
    throw new NearkinError('DIMENSION_MISMATCH', `Expected a codebook of ${query.length} dimensions, got ${dim}.`);
  const table = new Float32Array(widths.length * codewords);
  let [first, at] = [0, 0];
  widths.forEach((width, block) => {
    for (let word = 0; word < codewords; word++) {
      let sum = 0;
      for (let t = 0; t < width; t++, at++) {
        const q = query[first + t]!;
        sum += distance === 'dot' ? -q * data[at]! : (q - data[at]!) ** 2;
      }
      table[block * codewords + word] = sum;
    }
    first += width;
  });
  return table;
}

/** A table in whole numbers: an entry of n stands for `least + n * step`. */
export interface WholeTable {
  readonly values: Uint16Array;
  readonly least: number;
  readonly step: number;
}

/**
 * A table cut to whole numbers as the on-device Searcher does: truncated, over the range of the whole table. A batch of
 * queries is one table there: put theirs one after another.
 *
 * @param options.bits 8 for 0 to 255; 16 for 0 to 2,047, of which 32 sums fit 16 bits
 */
export function wholeLookupTable(table: Float32Array, { bits }: { bits: 8 | 16 }): WholeTable {
  const most = bits === 8 ? 255 : 2047;
  const least = table.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const range = table.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY) - least;
  const values = Uint16Array.from(table, (value) => (range > 0 ? Math.trunc(((value - least) * most) / range) : 0));
  return { values, least, step: range / most };
}
