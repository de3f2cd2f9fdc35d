/** A unit row in one byte a number: row ≈ `codes * scale`, and `codes * scale` has length 1. */
export interface Int8Row {
  readonly codes: Int8Array;
  readonly scale: number;
}

/**
 * Quantises a row to 8 bits with a scale of its own: the largest magnitude becomes ±127, and the scale is one over the
 * length of the codes, so that a score is the true cosine with the quantised direction. Scores stay float: near
 * duplicates do not tie as they do when scores are rounded to 1/128. Quantising what {@link dequantizeRow} gives back
 * gives the same codes and scale. A zero row has scale 0.
 */
export function quantizeRow(row: Float32Array): Int8Row {
  let top = 0;
  for (const value of row) top = Math.max(top, Math.abs(value));
  const codes = new Int8Array(row.length);
  if (top === 0) return { codes, scale: 0 };
  let squares = 0;
  for (let i = 0; i < row.length; i++) {
    const code = Math.round((row[i]! / top) * 127);
    codes[i] = code;
    squares += code * code;
  }
  return { codes, scale: Math.fround(1 / Math.sqrt(squares)) };
}

/** The unit row that the codes stand for. */
export function dequantizeRow({ codes, scale }: Int8Row): Float32Array {
  return Float32Array.from(codes, (code) => code * scale);
}
