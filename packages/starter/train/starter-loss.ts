import * as tf from '@tensorflow/tfjs';
import type { StepTargets } from './targets.js';

const temperature = 0.06;

export interface StarterLossOptions {
  /** Numbers, among all trained emoji, of those in the batch. */
  readonly chosen: readonly number[];
  /** One entry for each set of captions: the first is English. */
  readonly targets: StepTargets;
  /** Gets the parts of the loss, for the log: image to English, image to others, text to image, image to image, text to text. */
  readonly parts: tf.Scalar[];
}

/**
 * The loss of a step. Every drawing is told from the captions of *all* trained emoji (they are cheap: a small batch of
 * drawings has as many negatives as there are emoji), each caption of the batch from the batch's drawings, each drawing
 * from those of the other vendor, and each foreign caption from all English ones; captions as softly as the targets say.
 *
 * @param images `[2 * batch, dim]`: one drawing of each emoji, then one of another vendor each
 * @param texts `[sets * emoji, dim]`
 */
export function starterLoss(images: tf.Tensor2D, texts: tf.Tensor2D, options: StarterLossOptions): tf.Scalar {
  const { chosen, targets, parts } = options;
  const batch = chosen.length;
  const dim = images.shape[1];
  const sets = targets.toCaptions.length;
  const count = texts.shape[0] / sets;
  const captionsOf = (set: number) => tf.slice(texts, [set * count, 0], [count, dim]);
  const wanted = targets.toCaptions.map((values) => tf.tensor2d(values, [batch, count]));
  const hot = new Float32Array(batch * count);
  chosen.forEach((k, b) => {
    hot[b * count + k] = 1;
  });
  const pick = tf.tensor2d(hot, [batch, count]);
  const first = tf.slice(images, [0, 0], [batch, dim]);
  const second = tf.slice(images, [batch, 0], [batch, dim]);
  const english = captionsOf(0);
  const foreign = Array.from({ length: sets - 1 }, (_, s) => captionsOf(s + 1));

  const toSet = (set: tf.Tensor2D, s: number) => crossEntropy(images, set, tf.concat([wanted[s]!, wanted[s]!], 0));
  const toEnglish = toSet(english, 0);
  const toForeign = mean(foreign.map((set, s) => toSet(set, s + 1)));
  const ofBatch = [english, ...foreign].map((set) => tf.matMul(pick, set) as tf.Tensor2D);
  const toImages = (set: tf.Tensor2D, s: number) => {
    const own = tf.tensor2d(targets.toDrawings[s]!, [batch, batch]);
    return mean([first, second].map((side) => crossEntropy(set, side, own)));
  };
  const textToImage = tf.add(
    toImages(ofBatch[0]!, 0),
    mean(ofBatch.slice(1).map((set, s) => toImages(set, s + 1))),
  ) as tf.Scalar;
  const twins = tf.eye(batch);
  const acrossVendors = tf.add(crossEntropy(first, second, twins), crossEntropy(second, first, twins)) as tf.Scalar;
  const toLanguage = mean(ofBatch.slice(1).map((set) => crossEntropy(set, english, wanted[0]!)));
  parts.push(...[toEnglish, toForeign, textToImage, acrossVendors, toLanguage].map((part) => tf.keep(part.clone())));
  return tf.addN([toEnglish, tf.mul(toForeign, 1.5), textToImage, acrossVendors, toLanguage]) as tf.Scalar;
}

/** Mean cross entropy of the rows of `from` taken for rows of `to`. @param wanted rows that add up to 1 */
function crossEntropy(from: tf.Tensor2D, to: tf.Tensor2D, wanted: tf.Tensor2D): tf.Scalar {
  const logits = tf.div(tf.matMul(from, to, false, true), temperature);
  return tf.mean(tf.sub(tf.logSumExp(logits, 1), tf.sum(tf.mul(logits, wanted), 1)));
}

function mean(values: readonly tf.Scalar[]): tf.Scalar {
  return tf.div(tf.addN([...values]), values.length);
}
