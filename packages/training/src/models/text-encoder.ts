import { createRng } from '@nearkin/core';
import type { FeatureHashing, HashedTextEmbedderParts, StoredMatrix } from '@nearkin/embedders';
import { add, div, matMul, relu, type Tensor, type Tensor2D, tensor, tidy, variable } from '@tensorflow/tfjs';
import { createEmbeddingBag, type EmbeddingBag } from './embedding-bag.js';
import type { TrainableModel, TrainableWeight } from './trainable-model.js';

export interface TextEncoderOptions {
  /** Numbers of an embedding. Default 128. */
  readonly dim?: number | undefined;
  /** Numbers of a row of the table. Default 64. */
  readonly width?: number | undefined;
  /** Units of the hidden layer. Default 192. */
  readonly hidden?: number | undefined;
  /** Rows of the table; more are fewer features that share one. Default 32,768. */
  readonly rows?: number | undefined;
  /** Of the weights at the start, and of the hash. Default 0. */
  readonly seed?: number | undefined;
}

/**
 * A trainable encoder of short texts: hashed words and character n-grams, a table, one hidden layer. `forward` takes what
 * `table.sum` gives for the rows of the texts' features (`hashTextFeatures`).
 */
export interface TextEncoder extends TrainableModel {
  readonly hashing: FeatureHashing;
  readonly table: EmbeddingBag;
  /**
   * What `createHashedTextEmbedder` makes an embedder of: copies of the weights.
   *
   * @param values in place of the table's and of the variables' own, in the order of `weights`
   */
  parts(values?: {
    readonly table: Float32Array;
    readonly weights: readonly Float32Array[];
  }): Promise<HashedTextEmbedderParts>;
}

/**
 * Makes an encoder of texts with weights at random.
 *
 * @throws {NearkinError} `INVALID_ARGUMENT`
 * @example
 * const encoder = createTextEncoder({ dim: 64 });
 * const { rows } = hashTextFeatures('a red apple', encoder.hashing);
 * encoder.forward(tensor2d(encoder.table.sum([rows]), [1, 64]), { training: false, seed: 0 }).shape; // [1, 64]
 */
export function createTextEncoder(options: TextEncoderOptions = {}): TextEncoder {
  const { dim = 128, width = 64, hidden = 192, rows = 32_768, seed = 0 } = options;
  const table = createEmbeddingBag({ rows, width, seed });
  const rng = createRng(seed + 1);
  const random = (shape: [number, number], gain: number) =>
    tidy(() => {
      const spread = Math.sqrt(gain / shape[0]);
      const data = Float32Array.from({ length: shape[0] * shape[1] }, () => spread * rng.normal());
      return variable(tensor(data, shape));
    });
  const direct = random([width, dim], 1);
  const inner = random([width, hidden], 2);
  const bias = tidy(() => variable(tensor(new Float32Array(hidden))));
  const output = random([hidden, dim], 1);
  const weights: TrainableWeight[] = [
    { name: 'text/direct', variable: direct },
    { name: 'text/hidden', variable: inner },
    { name: 'text/hiddenBias', variable: bias },
    { name: 'text/output', variable: output },
  ];
  const hashing: FeatureHashing = Object.freeze({ rows, seed });
  let disposed = false;

  return Object.freeze({
    architecture: { kind: 'hashed-text', dim, width, hidden, rows, seed },
    dim,
    hashing,
    table,
    weights,
    forward(inputs: Tensor): Tensor2D {
      return tidy(() => {
        const bags = inputs as Tensor2D;
        const middle = relu(add(matMul(bags, inner), bias)) as Tensor2D;
        const rowsOut = add(matMul(bags, direct), matMul(middle, output)) as Tensor2D;
        const length = rowsOut.square().sum(1, true).add(1e-12).sqrt();
        return div(rowsOut, length);
      });
    },
    async parts(values?: { readonly table: Float32Array; readonly weights: readonly Float32Array[] }) {
      const stored = await Promise.all(
        weights.map(async ({ variable: weight }, i): Promise<StoredMatrix> => {
          const [first = 1, second] = weight.shape;
          const data = Float32Array.from(values?.weights[i] ?? ((await weight.data()) as Float32Array));
          return { rows: second === undefined ? 1 : first, columns: second ?? first, data };
        }),
      );
      return {
        hashing,
        table: { rows, columns: width, data: Float32Array.from(values?.table ?? table.values) },
        direct: stored[0]!,
        hidden: stored[1]!,
        hiddenBias: stored[2]!,
        output: stored[3]!,
      };
    },
    dispose() {
      if (disposed) return;
      disposed = true;
      for (const { variable: weight } of weights) weight.dispose();
    },
  });
}
