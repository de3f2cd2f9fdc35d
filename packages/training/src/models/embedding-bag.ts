import { createRng, NearkinError } from '@nearkin/core';
import type { StateArray, StepState } from '../fit/step-state.js';

export interface EmbeddingBagOptions {
  readonly rows: number;
  readonly width: number;
  readonly seed: number;
  /** Standard deviation of the numbers at the start. Default 0.05. */
  readonly spread?: number | undefined;
}

/**
 * A table of which each sample sums a few rows, outside of automatic differentiation: a step touches few of many rows, so
 * that sums, gradients and updates in plain JavaScript are far cheaper than a gather and its gradient on a backend.
 */
export interface EmbeddingBag extends StepState {
  readonly rows: number;
  readonly width: number;
  /** `[rows, width]`; shared, not a copy. */
  readonly values: Float32Array;
  /**
   * Sums the rows of each sample, divided by the root of their number.
   *
   * @param samples numbers of rows, repeats count again; a sample without any gives zeros
   * @returns shape `[samples.length, width]`
   */
  sum(samples: readonly Int32Array[]): Float32Array;
  /**
   * Moves the rows against the gradient of their sums, by row-wise Adagrad: each row's rate is divided by the root of the
   * mean squares of all gradients it has had, so that rows that are seldom met learn as fast as the common ones.
   *
   * @param gradient of what {@link EmbeddingBag.sum} gave for the same samples
   */
  update(samples: readonly Int32Array[], gradient: Float32Array, learningRate: number): void;
}

/**
 * @throws {NearkinError} `INVALID_ARGUMENT`
 * @source Duchi, Hazan and Singer, Adaptive Subgradient Methods, 2011, with one accumulator a row as in Mudigere et al.,
 *   Software-Hardware Co-design for Fast and Scalable Training of Deep Learning Recommendation Models, 2022, section 4.1
 * @example
 * const bag = createEmbeddingBag({ rows: 3, width: 2, seed: 1 });
 * bag.sum([Int32Array.of(0, 2)]); // the first row and the third, added, over the root of 2
 */
export function createEmbeddingBag({ rows, width, seed, spread = 0.05 }: EmbeddingBagOptions): EmbeddingBag {
  for (const [name, value] of Object.entries({ rows, width })) {
    if (!Number.isSafeInteger(value) || value < 1)
      throw new NearkinError('INVALID_ARGUMENT', `Expected ${name} of at least 1, got ${value}.`, {
        details: { name },
      });
  }
  const rng = createRng(seed);
  const values = Float32Array.from({ length: rows * width }, () => spread * rng.normal());
  /** Sum over updates of each row's mean squared gradient. */
  const squares = new Float32Array(rows).fill(1e-8);
  const gathered = new Float32Array(rows * width);
  const isTouched = new Uint8Array(rows);

  return Object.freeze({
    rows,
    width,
    values,
    sum(samples: readonly Int32Array[]) {
      const out = new Float32Array(samples.length * width);
      samples.forEach((list, s) => {
        const scale = 1 / Math.sqrt(list.length);
        for (const row of list) {
          for (let i = 0, from = row * width, to = s * width; i < width; i++) out[to + i]! += values[from + i]! * scale;
        }
      });
      return out;
    },
    update(samples: readonly Int32Array[], gradient: Float32Array, learningRate: number) {
      const touched: number[] = [];
      samples.forEach((list, s) => {
        const scale = 1 / Math.sqrt(list.length);
        for (const row of list) {
          if (isTouched[row] === 0) {
            isTouched[row] = 1;
            touched.push(row);
          }
          for (let i = 0, to = row * width, from = s * width; i < width; i++)
            gathered[to + i]! += gradient[from + i]! * scale;
        }
      });
      for (const row of touched) {
        const start = row * width;
        let sum = 0;
        for (let i = start; i < start + width; i++) sum += gathered[i]! * gathered[i]!;
        squares[row]! += sum / width;
        const rate = learningRate / Math.sqrt(squares[row]!);
        for (let i = start; i < start + width; i++) values[i]! -= rate * gathered[i]!;
        gathered.fill(0, start, start + width);
        isTouched[row] = 0;
      }
    },
    save() {
      return {
        values: { data: values.slice(), shape: [rows, width] },
        squares: { data: squares.slice(), shape: [rows] },
      };
    },
    restore(state: Readonly<Record<string, StateArray>>) {
      const saved = [state['values'], state['squares']];
      [values, squares].forEach((own, i) => {
        const data = saved[i]?.data;
        if (!(data instanceof Float32Array) || data.length !== own.length)
          throw new NearkinError('BAD_FORMAT', 'The saved state belongs to another table of rows.');
        own.set(data);
      });
    },
  });
}
