import { NearkinError } from '@nearkin/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Int8Row } from './int8-row.js';

/** Rows after which the growing block is closed. */
const blockRows = 1024;

interface Block {
  readonly start: number;
  count: number;
  tensor: tf.Tensor2D | undefined;
}

/**
 * Unit rows on the device, as columns: scoring is one untransposed product (3 to 7 times faster in WASM than rows with
 * transposeB). Rows are appended, never moved: a row's place among the scores is its slot for good. New rows go to a
 * small block at the end; full blocks merge like the digits of a binary counter, so an appended row is uploaded
 * O(log rows) times in its life, and only when something is scored.
 */
export class ScoreMatrix {
  readonly #dim: number;
  readonly #rows: (Float32Array | Int8Row)[] = [];
  #blocks: Block[] = [];

  constructor(dim: number, rows: Iterable<Float32Array | Int8Row> = []) {
    this.#dim = dim;
    for (const row of rows) this.#rows.push(row);
    if (this.#rows.length > 0) this.#blocks.push({ start: 0, count: this.#rows.length, tensor: undefined });
  }

  /** Slots in all, those of rows no longer wanted among them. */
  get slots(): number {
    return this.#rows.length;
  }

  /** Appends a row and returns its slot. */
  append(row: Float32Array | Int8Row): number {
    const slot = this.#rows.length;
    this.#rows.push(row);
    const last = this.#blocks.at(-1);
    if (last && last.count < blockRows) {
      last.count++;
      last.tensor?.dispose();
      last.tensor = undefined;
    } else {
      this.#mergeEqual();
      this.#blocks.push({ start: slot, count: 1, tensor: undefined });
    }
    return slot;
  }

  /**
   * Cosines of unit queries with every slot. All but the download happens before it returns, so that later edits
   * cannot mix in. Needs a backend that is ready.
   *
   * @param queries `[count, dim]`, unit length
   * @returns `[count, slots]`; the slots of this moment
   */
  async score(queries: Float32Array, count: number): Promise<Float32Array> {
    const slots = this.slots;
    if (slots === 0) return new Float32Array(0);
    const blocks = this.#blocks.map((block) => this.#upload(block));
    const result = tf.keep(
      tf.tidy(() => {
        const q = tf.tensor2d(queries, [count, this.#dim]);
        const parts = blocks.map((block) => tf.matMul(q, block));
        return parts.length === 1 ? parts[0]! : tf.concat(parts, 1);
      }),
    );
    const scales = this.#scales(slots);
    try {
      const scores = (await result.data()) as Float32Array;
      if (scales) for (let i = 0; i < scores.length; i++) scores[i]! *= scales[i % slots]!;
      return scores;
    } finally {
      result.dispose();
    }
  }

  dispose(): void {
    for (const block of this.#blocks) block.tensor?.dispose();
    this.#blocks = [];
    this.#rows.length = 0;
  }

  #cachedScales: Float32Array | undefined;

  #scales(slots: number): Float32Array | undefined {
    const [first] = this.#rows;
    if (!first || first instanceof Float32Array) return undefined;
    if (this.#cachedScales?.length !== slots)
      this.#cachedScales = Float32Array.from(this.#rows, (row) => (row as Int8Row).scale);
    return this.#cachedScales;
  }

  #mergeEqual(): void {
    for (;;) {
      const [before, last] = this.#blocks.slice(-2);
      if (!before || !last || before.count > last.count) return;
      before.tensor?.dispose();
      last.tensor?.dispose();
      this.#blocks.splice(-2, 2, { start: before.start, count: before.count + last.count, tensor: undefined });
    }
  }

  #upload(block: Block): tf.Tensor2D {
    if (block.tensor && !block.tensor.isDisposed) return block.tensor;
    const { start, count } = block;
    const rows = this.#rows.slice(start, start + count).map((row) => (row instanceof Float32Array ? row : row.codes));
    block.tensor = tf.keep(tf.tensor2d(columnsOf(rows, this.#dim), [this.#dim, count]));
    return block.tensor;
  }
}

/** Rows to columns: `[dim, rows.length]`, row-major. */
export function columnsOf(rows: readonly (Float32Array | Int8Array)[], dim: number): Float32Array {
  const count = rows.length;
  const out = new Float32Array(dim * count);
  // A band of columns at a time keeps the cache lines that are written to.
  const band = 16;
  for (let from = 0; from < dim; from += band) {
    const to = Math.min(dim, from + band);
    for (let i = 0; i < count; i++) {
      const row = rows[i]!;
      for (let d = from; d < to; d++) out[d * count + i] = row[d]!;
    }
  }
  return out;
}

/** @throws {NearkinError} `BACKEND_UNAVAILABLE` */
export async function backendReady(): Promise<void> {
  try {
    await tf.ready();
  } catch (cause) {
    throw new NearkinError(
      'BACKEND_UNAVAILABLE',
      'No tfjs backend is registered; import one, such as @tensorflow/tfjs-backend-wasm, or let @nearkin/embedders choose.',
      { cause },
    );
  }
}
