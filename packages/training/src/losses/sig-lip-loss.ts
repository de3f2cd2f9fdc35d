import type { Scalar } from '@tensorflow/tfjs';
import { readRows } from '../distances/rows.js';
import { boundedScalar } from './bounded-scalar.js';
import { checkOptions, finite, flag, notNegative } from './check-options.js';
import { differentiable } from './differentiable.js';
import { imageTextProducts, matchMask } from './dual-batch.js';
import type { DualEncoderLoss } from './dual-encoder-loss.js';
import { sigmoid, softplus } from './log-sum-exp.js';

export interface SigLipLossOptions {
  /** First value of the logarithm of the scale, 0 to ln 100; default ln 10. */
  readonly logScale?: number | undefined;
  /** First value of the bias; default -10. */
  readonly bias?: number | undefined;
  /** Whether both learn; default true. */
  readonly learnable?: boolean | undefined;
  /** Multiplies the learning rate of both; default 1. */
  readonly learningRateScale?: number | undefined;
  /** Scales embeddings to length 1 first; default false: towers give unit rows. */
  readonly normalize?: boolean | undefined;
}

/**
 * Pairwise sigmoid loss: the sum over all pictures and texts of `-ln sigmoid(z (e^logScale image . text + bias))`, z = 1 where
 * they belong together, else -1, divided by the number of pictures.
 *
 * Several texts for a picture, or a picture twice, are so many positive pairs. The embeddings are taken as they are; set
 * `normalize` unless rows have length 1. `logScale` and `bias` are weights of the loss; `afterStep()` keeps `logScale`
 * between 0 and ln 100, and outside of that it is read as the bound. An empty batch is 0.
 *
 * @throws {NearkinError} `INVALID_ARGUMENT` for options; computing: `NON_FINITE`, `DIMENSION_MISMATCH`, `INVALID_ARGUMENT`
 * for a text without a picture
 * @source Zhai et al.: Sigmoid loss for language image pre-training, ICCV 2023, equation 2
 * @example
 * const loss = sigLipLoss({ logScale: 0, bias: 0 });
 * loss.compute(tf.tensor2d([[1, 0], [0, 1]]), tf.tensor2d([[1, 0], [0, 1]])).print(); // 1.0064: ln(1 + 1 / e) + ln 2
 */
export function sigLipLoss(options: SigLipLossOptions = {}): DualEncoderLoss {
  checkOptions('sigLipLoss', options, {
    logScale: finite,
    bias: finite,
    learnable: flag,
    learningRateScale: notNegative,
    normalize: flag,
  });
  const { learnable = true, learningRateScale = 1, normalize = false } = options;
  const logScale = boundedScalar('sigLipLoss/logScale', {
    initial: options.logScale ?? Math.log(10),
    bounds: [0, Math.log(100)],
    learnable,
    learningRateScale,
  });
  const bias = boundedScalar('sigLipLoss/bias', {
    initial: options.bias ?? -10,
    bounds: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
    learnable,
    learningRateScale,
  });
  const own = [logScale.weight, bias.weight];
  return Object.freeze<DualEncoderLoss>({
    name: 'sigLipLoss',
    weights: learnable ? own : [],
    compute: (images, texts, matches = {}) =>
      differentiable([images, texts, ...own.map(({ variable }) => variable)], ([imageData, textData, s, b]) => {
        const left = readRows('images', images, imageData);
        const right = readRows('texts', texts, textData);
        const mask = matchMask(left.count, right.count, matches);
        const { products, backward, unscale } = imageTextProducts(left, right, normalize);
        const scale = Math.exp(logScale.read(s![0]!));
        const share = left.count === 0 ? 0 : 1 / left.count;
        let value = 0;
        const slopes = products.map((product, i) => {
          const sign = mask[i] === 1 ? 1 : -1;
          const logit = sign * (scale * product + b![0]!);
          value += share * softplus(-logit);
          return -sign * share * sigmoid(-logit);
        });
        return {
          value,
          gradients(upstream) {
            const pulls = slopes.map((slope) => slope * upstream[0]!);
            const ofScale = pulls.reduce((sum, pull, i) => sum + pull * scale * products[i]!, 0);
            const ofBias = pulls.reduce((sum, pull) => sum + pull, 0);
            const ofRows = unscale(backward(pulls.map((pull) => pull * scale)));
            return [...ofRows, Float64Array.of(ofScale), Float64Array.of(ofBias)];
          },
        };
      }) as Scalar,
    afterStep: logScale.clamp,
    dispose() {
      for (const { variable } of own) variable.dispose();
    },
  });
}
