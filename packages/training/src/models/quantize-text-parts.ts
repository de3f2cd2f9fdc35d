import type { HashedTextEmbedderParts, StoredMatrix } from '@nearkin/embedders';

/** Biases are few, and what they lose every text loses. */
const leastNumbers = 1024;

/** Stores the matrices in a byte for each number: 256 even steps from the least to the greatest. Small ones stay. */
export function quantizeTextParts(parts: HashedTextEmbedderParts): HashedTextEmbedderParts {
  const { id: _, ...rest } = parts;
  return {
    ...rest,
    table: toBytes(parts.table),
    direct: toBytes(parts.direct),
    hidden: toBytes(parts.hidden),
    hiddenBias: toBytes(parts.hiddenBias),
    output: toBytes(parts.output),
  };
}

function toBytes(matrix: StoredMatrix): StoredMatrix {
  const { rows, columns, data } = matrix;
  if (!(data instanceof Float32Array) || data.length < leastNumbers) return matrix;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const value of data) {
    if (value < min) min = value;
    if (value > max) max = value;
  }
  const scale = (max - min) / 255 || 1;
  return { rows, columns, data: Uint8Array.from(data, (value) => Math.round((value - min) / scale)), scale, min };
}
