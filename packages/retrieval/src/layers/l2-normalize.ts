import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { type CallArguments, freshName, type LayerInput, type LayerShape, onlyTensor } from './layer-call.js';

/** Below it a row counts as zero; far under any embedding, far above float32's smallest number. */
const tiny = 1e-30;

/**
 * Scales vectors along the last axis to length 1 (Euclidean); zero vectors stay zero. `[..., dim]` to the same shape.
 *
 * Divides by the largest magnitude first, so that the squares of huge and tiny embeddings neither overflow nor vanish.
 */
export class L2Normalize extends layers.Layer {
  static readonly className = 'Nearkin>L2Normalize';

  constructor(config: { readonly name?: string } = {}) {
    super({ name: freshName('nearkin_l2_normalize'), ...config, trainable: false });
  }

  override computeOutputShape(inputShape: LayerShape | LayerShape[]): LayerShape | LayerShape[] {
    return inputShape;
  }

  override call(inputs: LayerInput, kwargs: CallArguments): tf.Tensor {
    return tf.tidy(() => {
      this.invokeCallHook(inputs, kwargs);
      const x = onlyTensor(inputs);
      const scaled = tf.div(x, tf.maximum(tf.max(tf.abs(x), -1, true), tiny));
      return tf.mul(scaled, tf.rsqrt(tf.maximum(tf.sum(tf.square(scaled), -1, true), tiny)));
    });
  }
}
