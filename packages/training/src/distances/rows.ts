import { NearkinError } from '@nearkin/core';
import type { Tensor2D } from '@tensorflow/tfjs';

/** Row-major numbers, `[count, dim]`, that losses and miners compute on in double precision. */
export interface Rows {
  readonly data: Float32Array | Float64Array;
  readonly count: number;
  readonly dim: number;
}

/**
 * The numbers of a matrix, checked.
 *
 * @param data the tensor's values, where they are at hand
 * @throws {NearkinError} `DIMENSION_MISMATCH` when it is no matrix, `NON_FINITE` naming the first bad row and column
 */
export function readRows(name: string, tensor: Tensor2D, data = tensor.dataSync() as Float32Array): Rows {
  if (tensor.shape.length !== 2)
    throw new NearkinError('DIMENSION_MISMATCH', `Expected ${name} of shape [rows, dim], got [${tensor.shape}].`, {
      details: { name, shape: tensor.shape },
    });
  const [count, dim] = tensor.shape;
  for (let i = 0; i < data.length; i++)
    if (!Number.isFinite(data[i]))
      throw new NearkinError(
        'NON_FINITE',
        `Expected finite ${name}, got ${data[i]} in row ${Math.floor(i / dim)}, column ${i % dim}; a lower learning rate or gradient clipping keeps weights finite.`,
        { details: { name, row: Math.floor(i / dim), column: i % dim } },
      );
  return { data, count, dim };
}

/** Rows scaled to length 1, zero rows left zero, and the way back of gradients through the scaling. */
export function unitRows(rows: Rows): { readonly unit: Rows; backward(gradient: Float64Array): Float64Array } {
  const { data, count, dim } = rows;
  const unit = new Float64Array(count * dim);
  const scales = new Float64Array(count);
  for (let row = 0; row < count; row++) {
    let sum = 0;
    for (let i = row * dim; i < (row + 1) * dim; i++) sum += data[i]! * data[i]!;
    if (sum === 0) continue;
    const scale = 1 / Math.sqrt(sum);
    scales[row] = scale;
    for (let i = row * dim; i < (row + 1) * dim; i++) unit[i] = data[i]! * scale;
  }
  return {
    unit: { data: unit, count, dim },
    backward(gradient) {
      const out = new Float64Array(count * dim);
      for (let row = 0; row < count; row++) {
        let along = 0;
        for (let i = row * dim; i < (row + 1) * dim; i++) along += gradient[i]! * unit[i]!;
        for (let i = row * dim; i < (row + 1) * dim; i++) out[i] = (gradient[i]! - along * unit[i]!) * scales[row]!;
      }
      return out;
    },
  };
}
