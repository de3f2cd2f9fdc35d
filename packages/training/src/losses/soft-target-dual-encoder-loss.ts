import type { Scalar } from '@tensorflow/tfjs';
import { multiplyRows, transposed, weighRows } from '../distances/multiply-rows.js';
import { type Rows, readRows } from '../distances/rows.js';
import { checkOptions, flag, oneOf, positive } from './check-options.js';
import { differentiable } from './differentiable.js';
import { imageTextProducts, matchMask } from './dual-batch.js';
import type { DualEncoderLoss } from './dual-encoder-loss.js';
import { logSumExp } from './log-sum-exp.js';

export interface SoftTargetDualEncoderLossOptions {
  /** Default 0.05. */
  readonly temperature?: number | undefined;
  /** Whether gradients flow through the soft targets too; default true, as in the source. */
  readonly targetGradients?: boolean | undefined;
  /**
   * Targets of the direction from pictures to texts: those of the other direction `transposed` (default, as in the source;
   * they need not add up to 1), or a `softmax` of their own.
   */
  readonly imageTargets?: 'transposed' | 'softmax' | undefined;
  /** Scales embeddings to length 1 first; default false, as in the source. */
  readonly normalize?: boolean | undefined;
}

/**
 * Cross entropy of `logits = texts x images^T / t` with soft targets, the softmax over rows of
 * `(texts x texts^T + images x images^T) / (2 t)`: the mean over texts of that of their row, plus the mean over texts' pictures
 * of that of their column, halved.
 *
 * Rows are texts: with several texts for a picture the picture's row stands for each of them. The embeddings are taken as
 * they are. Nothing is learned but the embeddings. An empty batch is 0.
 *
 * @throws {NearkinError} `INVALID_ARGUMENT` for options; computing: `NON_FINITE`, `DIMENSION_MISMATCH`, `INVALID_ARGUMENT`
 * for a text without a picture
 * @source Keras examples: Natural language image search with a dual encoder (K. Salama, 2021)
 * @example
 * const loss = softTargetDualEncoderLoss({ temperature: 1 });
 * loss.compute(tf.tensor2d([[1, 0], [0, 1]]), tf.tensor2d([[1, 0], [0, 1]])).print(); // 0.5822: the entropy of (0.731, 0.269)
 */
export function softTargetDualEncoderLoss(options: SoftTargetDualEncoderLossOptions = {}): DualEncoderLoss {
  checkOptions('softTargetDualEncoderLoss', options, {
    temperature: positive,
    targetGradients: flag,
    imageTargets: oneOf('transposed', 'softmax'),
    normalize: flag,
  });
  const { temperature = 0.05, targetGradients = true, imageTargets = 'transposed', normalize = false } = options;
  return Object.freeze<DualEncoderLoss>({
    name: 'softTargetDualEncoderLoss',
    weights: [],
    compute: (images, texts, matches = {}) =>
      differentiable([images, texts], ([imageData, textData]) => {
        const right = readRows('texts', texts, textData);
        const left = readRows('images', images, imageData);
        const mask = matchMask(left.count, right.count, matches);
        const imageOf = Int32Array.from({ length: right.count }, (_, text) => {
          let image = 0;
          while (mask[image * right.count + text] === 0) image++;
          return image;
        });
        const { dim } = left;
        const pictures = new Float64Array(right.count * dim);
        imageOf.forEach((image, text) => {
          pictures.set(left.data.subarray(image * dim, (image + 1) * dim), text * dim);
        });
        const parts = imageTextProducts({ data: pictures, count: right.count, dim }, right, normalize);
        const settings = { temperature, targetGradients, imageTargets };
        const { value, ofPictures, ofTexts } = softCrossEntropy(parts.images, parts.texts, settings);
        return {
          value,
          gradients(upstream) {
            const [expanded, own] = parts.unscale([ofPictures, ofTexts]);
            const gathered = new Float64Array(left.count * dim);
            imageOf.forEach((image, text) => {
              for (let c = 0; c < dim; c++) gathered[image * dim + c]! += expanded[text * dim + c]!;
            });
            return [gathered, own].map((gradient) => gradient.map((slope) => slope * upstream[0]!));
          },
        };
      }) as Scalar,
    afterStep() {},
    dispose() {},
  });
}

function softCrossEntropy(
  images: Rows,
  texts: Rows,
  settings: { temperature: number; targetGradients: boolean; imageTargets: 'transposed' | 'softmax' },
): { value: number; ofPictures: Float64Array; ofTexts: Float64Array } {
  const { temperature: t, targetGradients, imageTargets } = settings;
  const n = texts.count;
  const logits = multiplyRows(texts, images).map((value) => value / t);
  const byImage = transposed(logits, n, n);
  const ownImages = multiplyRows(images, images);
  const alike = multiplyRows(texts, texts).map((value, i) => (value + ownImages[i]!) / (2 * t));
  const totals = (matrix: Float64Array) =>
    Float64Array.from({ length: n }, (_, row) => logSumExp(matrix, row * n, (row + 1) * n));
  const [rowTotals, columnTotals, alikeTotals] = [totals(logits), totals(byImage), totals(alike)];
  const targets = alike.map((value, i) => Math.exp(value - alikeTotals[Math.floor(i / n)]!));
  // Cell (text, image) of the wanted distribution of the image.
  const imageWants = imageTargets === 'transposed' ? targets : transposed(targets, n, n);
  const imageSums = new Float64Array(n);
  imageWants.forEach((want, i) => {
    imageSums[i % n]! += want;
  });
  const share = n === 0 ? 0 : 1 / (2 * n);
  let value = 0;
  const ofTargets = new Float64Array(n * n);
  const ofLogits = logits.map((logit, i) => {
    const [row, column] = [Math.floor(i / n), i % n];
    const [rowCost, columnCost] = [rowTotals[row]! - logit, columnTotals[column]! - logit];
    value += share * (targets[i]! * rowCost + imageWants[i]! * columnCost);
    ofTargets[i]! += share * rowCost;
    ofTargets[imageTargets === 'transposed' ? i : column * n + row]! += share * columnCost;
    return (
      (share * (Math.exp(-rowCost) - targets[i]! + imageSums[column]! * Math.exp(-columnCost) - imageWants[i]!)) / t
    );
  });
  const ofAlike = new Float64Array(n * n);
  if (targetGradients)
    for (let row = 0; row < n; row++) {
      let mean = 0;
      for (let i = row * n; i < (row + 1) * n; i++) mean += targets[i]! * ofTargets[i]!;
      for (let column = 0; column < n; column++) {
        const slope = (targets[row * n + column]! * (ofTargets[row * n + column]! - mean)) / (2 * t);
        ofAlike[row * n + column]! += slope;
        ofAlike[column * n + row]! += slope;
      }
    }
  const add = (a: Float64Array, b: Float64Array) => a.map((x, i) => x + b[i]!);
  return {
    value,
    ofPictures: add(weighRows(transposed(ofLogits, n, n), texts), weighRows(ofAlike, images)),
    ofTexts: add(weighRows(ofLogits, images), weighRows(ofAlike, texts)),
  };
}
