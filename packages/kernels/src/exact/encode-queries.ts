import { type CodeKind, codeLimits, restLength, roundCodes } from './code-limits.js';
import type { PaddedRows } from './encode-rows.js';

/** Numbers that the kernel wants of each query, after its codes. */
export const queryInfoBytes = 64;

/** Writes queries as whole numbers: q = mean + scale * codes + rest. */
export function encodeQueries(
  queries: PaddedRows,
  options: {
    readonly kind: CodeKind;
    readonly squared: boolean;
    readonly mean: Float64Array;
    /** The largest squared length of a row's codes. */
    readonly longestCodes: number;
    /** Shape `[queries, pairs, 2]`. */
    readonly codes: Int16Array;
    /** 8 a query. */
    readonly infos: Float64Array;
  },
): void {
  const { kind, squared, mean, infos } = options;
  const { queryPeak, product } = codeLimits[kind];
  const queryLength = product / Math.sqrt(Math.max(1, options.longestCodes));
  const { data, count, dim, stride } = queries;
  const width = Math.ceil(dim / 2) * 2;
  const values = new Float64Array(dim);
  options.codes.fill(0);
  for (let q = 0; q < count; q++) {
    const codes = options.codes.subarray(q * width, q * width + dim);
    let [squares, along, whole, peak] = [0, 0, 0, 0];
    for (let i = 0, at = q * stride; i < dim; i++, at++) {
      const x = data[at]!;
      const value = x - mean[i]!;
      values[i] = value;
      squares += value * value;
      along += x * mean[i]!;
      whole += x * x;
      peak = Math.max(peak, Math.abs(value));
    }
    const length = Math.sqrt(squares);
    let scale = Math.max(peak / queryPeak, length / queryLength, 1e-18);
    while (roundCodes(values, { scale, peak: queryPeak, codes }) > queryLength * queryLength) scale *= 1.02;
    const offset = squared ? -squares / 2 : along;
    infos.set([1 / scale, restLength(values, codes, scale), length, offset, Math.sqrt(whole)], q * 8);
  }
}
