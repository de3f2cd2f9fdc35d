import { type CodeKind, codeLimits, restLength, roundCodes } from './code-limits.js';

/** Float32 rows as the kernels have them: `stride` numbers each, of which `dim` count. */
export interface PaddedRows {
  readonly data: Float32Array;
  readonly count: number;
  readonly dim: number;
  readonly stride: number;
}

/** Where codes go; sizes by {@link codeSizes}. */
export interface CodedRows {
  readonly codes: Int16Array;
  readonly panels: Float64Array;
  readonly bias: Float32Array;
}

/** Mean of the rows, which codes leave out: what is common to all needs no bits. And the largest length of a row. */
export function summarizeRows({ data, count, dim, stride }: PaddedRows): { mean: Float64Array; longest: number } {
  const mean = new Float64Array(dim);
  let longest = 0;
  for (let row = 0; row < count; row++) {
    let squares = 0;
    for (let i = 0, at = row * stride; i < dim; i++, at++) {
      const value = data[at]!;
      mean[i]! += value;
      squares += value * value;
    }
    longest = Math.max(longest, squares);
  }
  for (let i = 0; i < dim; i++) mean[i]! /= count;
  return { mean, longest: Math.sqrt(longest) };
}

export function codeSizes(shape: { readonly count: number; readonly dim: number }, kind: CodeKind) {
  const { rowsPerPanel } = codeLimits[kind];
  const panels = Math.ceil(shape.count / rowsPerPanel);
  return { codes: panels * Math.ceil(shape.dim / 2) * 16, panels: panels * 4, bias: panels * rowsPerPanel };
}

/**
 * Writes rows as whole numbers, panel by panel, with what a bound on their scores needs: x = mean + scale * codes +
 * rest. The score of q is (q - mean) . (x - mean) + bias + a part that depends on q alone; for `squared`, half of it.
 *
 * @returns the largest squared length of a row's codes
 */
export function encodeRows(
  rows: PaddedRows,
  options: {
    readonly kind: CodeKind;
    readonly squared: boolean;
    readonly mean: Float64Array;
    readonly longest: number;
    readonly into: CodedRows;
  },
): number {
  const { kind, squared, mean, longest, into } = options;
  const { rowsPerPanel, rowPeak, rowLength, reach } = codeLimits[kind];
  const { data, count, dim, stride } = rows;
  const pairs = Math.ceil(dim / 2);
  const values = Array.from({ length: rowsPerPanel }, () => new Float64Array(dim));
  const codes = values.map(() => new Int16Array(dim));
  const meanLength = Math.sqrt(mean.reduce((sum, value) => sum + value * value, 0));
  let longestCodes = 0;
  into.codes.fill(0);
  into.bias.fill(Number.NEGATIVE_INFINITY);
  for (let panel = 0; panel * rowsPerPanel < count; panel++) {
    const first = panel * rowsPerPanel;
    const n = Math.min(rowsPerPanel, count - first);
    let [peak, length, own] = [0, 0, 0];
    for (let r = 0; r < n; r++) {
      const centred = values[r]!;
      let [squares, along, whole] = [0, 0, 0];
      for (let i = 0, at = (first + r) * stride; i < dim; i++, at++) {
        const x = data[at]!;
        const value = x - mean[i]!;
        centred[i] = value;
        squares += value * value;
        along += value * mean[i]!;
        whole += x * x;
        if (value > peak) peak = value;
        else if (-value > peak) peak = -value;
      }
      length = Math.max(length, squares);
      own = Math.max(own, whole);
      into.bias[first + r] = squared ? -squares / 2 : along;
    }
    let scale = Math.max((peak * reach) / rowPeak, Math.sqrt(length) / rowLength, 1e-9 * longest);
    let [coded, rest, codeSquares] = [0, 0, 0];
    for (let r = 0; r < n; ) {
      const squares = roundCodes(values[r]!, { scale, peak: rowPeak, codes: codes[r]! });
      if (squares > rowLength * rowLength) {
        // Rounding made it too long: coarser steps, from the first row on.
        scale *= 1.02;
        [coded, rest, codeSquares, r] = [0, 0, 0, 0];
        continue;
      }
      codeSquares = Math.max(codeSquares, squares);
      coded = Math.max(coded, scale * Math.sqrt(squares));
      rest = Math.max(rest, restLength(values[r]!, codes[r]!, scale));
      r++;
    }
    into.panels.set([1 / scale, coded, rest, Math.max(Math.sqrt(own), meanLength, 1e-9 * longest)], panel * 4);
    longestCodes = Math.max(longestCodes, codeSquares);
    const start = panel * pairs * 16;
    for (let r = 0; r < n; r++) {
      const own = codes[r]!;
      const weight = r < 8 ? 1 : 4096;
      const slot = start + (r & 7) * 2;
      for (let i = 0; i < dim; i++) into.codes[slot + (i >> 1) * 16 + (i & 1)]! += weight * own[i]!;
    }
  }
  return longestCodes;
}
