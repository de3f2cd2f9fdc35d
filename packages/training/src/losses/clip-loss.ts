import type { Scalar } from '@tensorflow/tfjs';
import { readRows } from '../distances/rows.js';
import { boundedScalar } from './bounded-scalar.js';
import { checkOptions, finite, flag, notNegative } from './check-options.js';
import { differentiable } from './differentiable.js';
import { imageTextProducts, matchMask } from './dual-batch.js';
import type { DualEncoderLoss } from './dual-encoder-loss.js';
import { logSumExp } from './log-sum-exp.js';

export interface ClipLossOptions {
  /** First value of the logarithm of the scale, 0 to ln 100; default ln(1 / 0.07). */
  readonly logScale?: number | undefined;
  /** Default true. */
  readonly learnable?: boolean | undefined;
  /** Multiplies the learning rate of the logarithm of the scale; default 1. */
  readonly learningRateScale?: number | undefined;
  /** Scales embeddings to length 1 first; default false: towers give unit rows. */
  readonly normalize?: boolean | undefined;
}

/**
 * Symmetric cross entropy of `logits = e^logScale x images x texts^T`: the mean over pictures of the cross entropy of their
 * row, plus the mean over texts of that of their column, halved.
 *
 * With several texts for a picture (or a picture twice) the wanted distribution is uniform over them. Pictures without a
 * text in the batch are no term of the first mean but stand among the candidates of the second. The embeddings are taken
 * as they are; set `normalize` unless rows have length 1. `logScale` is a weight of the loss; `afterStep()` keeps it
 * between 0 and ln 100, and outside of that it is read as the bound. An empty batch is 0.
 *
 * @throws {NearkinError} `INVALID_ARGUMENT` for options; computing: `NON_FINITE`, `DIMENSION_MISMATCH`, `INVALID_ARGUMENT`
 * for a text without a picture
 * @source Radford et al.: Learning transferable visual models from natural language supervision, ICML 2021, figure 3
 * @example
 * const loss = clipLoss({ logScale: 0 });
 * loss.compute(tf.tensor2d([[1, 0], [0, 1]]), tf.tensor2d([[1, 0], [0, 1]])).print(); // 0.3133: ln(1 + 1 / e)
 */
export function clipLoss(options: ClipLossOptions = {}): DualEncoderLoss {
  checkOptions('clipLoss', options, {
    logScale: finite,
    learnable: flag,
    learningRateScale: notNegative,
    normalize: flag,
  });
  const { learnable = true, learningRateScale = 1, normalize = false } = options;
  const logScale = boundedScalar('clipLoss/logScale', {
    initial: options.logScale ?? Math.log(1 / 0.07),
    bounds: [0, Math.log(100)],
    learnable,
    learningRateScale,
  });
  return Object.freeze<DualEncoderLoss>({
    name: 'clipLoss',
    weights: learnable ? [logScale.weight] : [],
    compute: (images, texts, matches = {}) =>
      differentiable([images, texts, logScale.weight.variable], ([imageData, textData, scaleData]) => {
        const left = readRows('images', images, imageData);
        const right = readRows('texts', texts, textData);
        const mask = matchMask(left.count, right.count, matches);
        const { products, backward, unscale } = imageTextProducts(left, right, normalize);
        const scale = Math.exp(logScale.read(scaleData![0]!));
        const logits = products.map((value) => value * scale);
        const { value, gradient } = symmetricCrossEntropy(logits, mask, { images: left.count, texts: right.count });
        return {
          value,
          gradients(upstream) {
            const slopes = gradient.map((slope) => slope * upstream[0]!);
            const ofScale = logits.reduce((sum, logit, i) => sum + logit * slopes[i]!, 0);
            return [...unscale(backward(slopes.map((slope) => slope * scale))), Float64Array.of(ofScale)];
          },
        };
      }) as Scalar,
    afterStep: logScale.clamp,
    dispose: () => logScale.weight.variable.dispose(),
  });
}

/** The mean over rows and the mean over columns of the cross entropy with uniform targets, halved; and its gradient. */
function symmetricCrossEntropy(
  logits: Float64Array,
  mask: Uint8Array,
  { images, texts }: { images: number; texts: number },
): { value: number; gradient: Float64Array } {
  const gradient = new Float64Array(logits.length);
  const side = (lines: number, length: number, cellOf: (line: number, i: number) => number) => {
    const matches = Int32Array.from({ length: lines }, (_, line) => {
      let found = 0;
      for (let i = 0; i < length; i++) found += mask[cellOf(line, i)]!;
      return found;
    });
    const terms = matches.filter((found) => found > 0).length;
    let sum = 0;
    for (let line = 0; line < lines; line++) {
      const found = matches[line]!;
      if (found === 0) continue;
      const values = Float64Array.from({ length }, (_, i) => logits[cellOf(line, i)]!);
      const total = logSumExp(values);
      for (let i = 0; i < length; i++) {
        const cell = cellOf(line, i);
        const wanted = mask[cell]! / found;
        if (wanted > 0) sum += wanted * (total - values[i]!);
        gradient[cell]! += (Math.exp(values[i]! - total) - wanted) / (2 * terms);
      }
    }
    return terms === 0 ? 0 : sum / (2 * terms);
  };
  const rows = side(images, texts, (image, text) => image * texts + text);
  const columns = side(texts, images, (text, image) => image * texts + text);
  return { value: rows + columns, gradient };
}
