/**
 * How large codes may be, so that the dot product of two is below 2^31 in `plain` codes, and below 2^11 in `packed`
 * ones, where a 16-bit number holds two rows: r + 4096 s. By Cauchy-Schwarz it is at most the product of the lengths.
 */
export interface CodeLimits {
  readonly rowsPerPanel: 8 | 16;
  /** Largest code of a dimension; what lies outside of it is cut off. */
  readonly rowPeak: number;
  readonly rowLength: number;
  readonly queryPeak: number;
  /** Largest product of both lengths. */
  readonly product: number;
  /** The largest value of a panel is coded as the peak over this: cutting some makes the steps of the others finer. */
  readonly reach: number;
}

export type CodeKind = 'packed' | 'plain';

export const codeLimits: Record<CodeKind, CodeLimits> = {
  // A packed number is at most 7 + 4096 x 7 < 2^15.
  packed: { rowsPerPanel: 16, rowPeak: 7, rowLength: 30, queryPeak: 2047, product: 2047, reach: 0.85 },
  plain: { rowsPerPanel: 8, rowPeak: 32767, rowLength: 40_000, queryPeak: 32767, product: 2 ** 31 - 2 ** 12, reach: 1 },
};

/** Whole numbers near values / scale, cut off at the peak. @returns their squared length */
export function roundCodes(
  values: Float64Array,
  options: { readonly scale: number; readonly peak: number; readonly codes: Int16Array },
): number {
  const { scale, peak, codes } = options;
  const inverse = 1 / scale;
  let squares = 0;
  for (let i = 0; i < values.length; i++) {
    let code = Math.floor(values[i]! * inverse + 0.5);
    if (code > peak) code = peak;
    else if (code < -peak) code = -peak;
    codes[i] = code;
    squares += code * code;
  }
  return squares;
}

/** Length of what the codes do not say. */
export function restLength(values: Float64Array, codes: Int16Array, scale: number): number {
  let squares = 0;
  for (let i = 0; i < values.length; i++) {
    const rest = values[i]! - scale * codes[i]!;
    squares += rest * rest;
  }
  return Math.sqrt(squares);
}
