import { NearkinError } from '@nearkin/core';
import * as tf from '@tensorflow/tfjs-core';
import { initializers, layers } from '@tensorflow/tfjs-layers';
import {
  type CallArguments,
  freshName,
  type LayerInput,
  type LayerShape,
  onlyShape,
  onlyTensor,
} from './layer-call.js';

export interface CosineMatchConfig {
  readonly name?: string;
  /** Columns of the weight: gallery rows, padding included. */
  readonly rows: number;
  /** Default `float32`. */
  readonly precision?: 'float32' | 'int8';
  /** `google` reproduces the 8-bit arithmetic of Classification-by-Retrieval; implies int8. */
  readonly compat?: 'google' | null;
}

/**
 * Scores unit queries `[batch, dim]` against unit rows: `[batch, rows]`, cosines.
 *
 * Weights, by `setWeights`: `float32`: the rows as columns, `[dim, rows]` (untransposed, the fast layout of the WASM
 * backend). `int8`: integer codes from -127 to 127 `[dim, rows]` (one byte each in a saved file) and a float scale for
 * each row `[rows]`; scores are float. With `compat: 'google'`: codes `round(128 x)` only; the query is rounded in the
 * same way, products are summed as integers and the score is rounded to 1/128, so that near duplicates tie.
 *
 * @source `compat`: TensorFlow examples, lite/examples/classification_by_retrieval, the block for quantised embedders
 */
export class CosineMatch extends layers.Layer {
  static readonly className = 'Nearkin>CosineMatch';

  readonly rows: number;
  readonly precision: 'float32' | 'int8';
  readonly compat: 'google' | null;
  #matrix: ReturnType<layers.Layer['addWeight']> | undefined;
  #scales: ReturnType<layers.Layer['addWeight']> | undefined;

  constructor(config: CosineMatchConfig) {
    const { rows, precision = 'float32', compat = null, ...rest } = config;
    super({ name: freshName('nearkin_cosine_match'), ...rest, trainable: false });
    if (!Number.isSafeInteger(rows) || rows < 1)
      throw new NearkinError('INVALID_ARGUMENT', `CosineMatch: expected at least 1 row, got ${rows}.`);
    this.rows = rows;
    this.precision = compat ? 'int8' : precision;
    this.compat = compat;
  }

  override build(inputShape: LayerShape | LayerShape[]): void {
    const dim = onlyShape(inputShape).at(-1);
    if (!dim)
      throw new NearkinError('INVALID_ARGUMENT', 'CosineMatch: expected an input whose last dimension is known.');
    const zeros = initializers.zeros();
    const name = this.precision === 'int8' ? 'codes' : 'rows';
    this.#matrix = this.addWeight(name, [dim, this.rows], 'float32', zeros, undefined, false);
    if (this.precision === 'int8' && !this.compat)
      this.#scales = this.addWeight('scales', [this.rows], 'float32', zeros, undefined, false);
    this.built = true;
  }

  override computeOutputShape(inputShape: LayerShape | LayerShape[]): LayerShape {
    return [onlyShape(inputShape)[0] ?? null, this.rows];
  }

  override call(inputs: LayerInput, kwargs: CallArguments): tf.Tensor {
    return tf.tidy(() => {
      this.invokeCallHook(inputs, kwargs);
      const query = onlyTensor(inputs) as tf.Tensor2D;
      const matrix = this.#matrix!.read() as tf.Tensor2D;
      if (this.compat) return tf.div(code(tf.div(tf.matMul(code(tf.mul(query, 128)), matrix), 128)), 128);
      const scores = tf.matMul(query, matrix);
      return this.#scales ? tf.mul(scores, this.#scales.read()) : scores;
    });
  }

  override getConfig(): ReturnType<layers.Layer['getConfig']> {
    return { ...super.getConfig(), rows: this.rows, precision: this.precision, compat: this.compat };
  }
}

/** To an 8-bit integer, halves away from zero as TFLite rounds (tf.round takes halves to even). */
function code<T extends tf.Tensor>(x: T): T {
  const rounded = tf.mul(tf.sign(x), tf.floor(tf.add(tf.abs(x), 0.5)));
  return tf.clipByValue(rounded, -128, 127) as T;
}
