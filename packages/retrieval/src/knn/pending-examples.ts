import { createGallery, createVectors, type Gallery } from '@nearkin/core';

const firstRows = 16;
const largestChunk = 1 << 16;

/**
 * Examples that nobody asked about yet: adding one costs a check and a copy. Storage grows by chunks that never move;
 * the chunks double up to 2^16 numbers.
 */
export class PendingExamples {
  readonly #dim: number;
  readonly #chunks: Float32Array[] = [];
  readonly #labels: string[] = [];
  #used = 0;

  constructor(dim: number) {
    this.#dim = dim;
  }

  get count(): number {
    return this.#labels.length;
  }

  /**
   * Copies one example of `dim` numbers.
   *
   * @returns false, and nothing is kept, when a number is not finite
   */
  add(example: ArrayLike<number>, label: string): boolean {
    if (!allFinite(example)) return false;
    let chunk = this.#chunks.at(-1);
    if (!chunk || this.#used === chunk.length) {
      const rows = Math.min(firstRows << this.#chunks.length, Math.floor(largestChunk / this.#dim));
      chunk = new Float32Array(Math.max(1, rows) * this.#dim);
      this.#chunks.push(chunk);
      this.#used = 0;
    }
    chunk.set(example, this.#used);
    this.#used += this.#dim;
    this.#labels.push(label);
    return true;
  }

  /** All of them in order; ids count on from `firstId`. */
  toGallery(firstId: number): Gallery {
    const data = new Float32Array(this.count * this.#dim);
    let at = 0;
    for (const chunk of this.#chunks) {
      const part = chunk.subarray(0, data.length - at);
      data.set(part, at);
      at += part.length;
    }
    return createGallery({
      vectors: createVectors(data, this.#dim),
      ids: this.#labels.map((_, i) => `${firstId + i}`),
      labels: this.#labels,
    });
  }
}

/** Zero times anything finite is zero; four sums at once, as one would wait for itself at every step. */
function allFinite(values: ArrayLike<number>): boolean {
  const { length } = values;
  let [a, b, c, d] = [0, 0, 0, 0];
  let i = 0;
  for (; i + 3 < length; i += 4) {
    a += values[i]! * 0;
    b += values[i + 1]! * 0;
    c += values[i + 2]! * 0;
    d += values[i + 3]! * 0;
  }
  for (; i < length; i++) a += values[i]! * 0;
  return a + b + c + d === 0;
}
