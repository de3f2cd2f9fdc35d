/** Rows in one byte a number: row r ≈ `codes[r] * scales[r]`. */
export interface Int8Rows {
  readonly codes: Int8Array;
  readonly scales: Float32Array;
}

/** Rounding a unit row to float32 moves its squared length by less than this. */
const roundingSlack = 2.5e-7;

/**
 * Quantises rows to 8 bits with a scale for each row: the largest magnitude becomes ±127, and the scale is such that the
 * row keeps its length. Rows that were quantised in this way before get the same codes and scales again. A zero row has
 * scale 0.
 */
export function quantizeRows(rows: readonly Float32Array[], dim: number): Int8Rows {
  const codes = new Int8Array(rows.length * dim);
  const scales = new Float32Array(rows.length);
  rows.forEach((row, r) => {
    let top = 0;
    for (let i = 0; i < dim; i++) top = Math.max(top, Math.abs(row[i]!));
    if (top === 0) return;
    let codeSquares = 0;
    let squares = 0;
    for (let i = 0; i < dim; i++) {
      const code = Math.round((row[i]! / top) * 127);
      codes[r * dim + i] = code;
      codeSquares += code * code;
      squares += row[i]! * row[i]!;
    }
    const length = Math.abs(squares - 1) < roundingSlack ? 1 : Math.sqrt(squares);
    scales[r] = length / Math.sqrt(codeSquares);
  });
  return { codes, scales };
}
