import * as tf from '@tensorflow/tfjs';

const temperature = 0.06;

export interface StarterLossOptions {
  /** Numbers, among all trained emoji, of those in the batch. */
  readonly chosen: readonly number[];
  /** Sets of captions: the first is English. */
  readonly sets: number;
  /** Gets the parts of the loss, for the log: image to English, image to others, text to image, image to image, text to text. */
  readonly parts: tf.Scalar[];
}

/**
 * The loss of a step. Every drawing is told from the captions of *all* trained emoji (they are cheap: a small batch of
 * drawings has as many negatives as there are emoji), each caption of the batch from the batch's drawings, each drawing
 * from those of the other vendor, and each foreign caption from all English ones.
 *
 * @param images `[2 * batch, dim]`: one drawing of each emoji, then one of another vendor each
 * @param texts `[sets * emoji, dim]`
 */
export function starterLoss(images: tf.Tensor2D, texts: tf.Tensor2D, options: StarterLossOptions): tf.Scalar {
  const { chosen, sets, parts } = options;
  const batch = chosen.length;
  const dim = images.shape[1];
  const count = texts.shape[0] / sets;
  const others = sets - 1;
  const hot = new Float32Array(batch * count);
  chosen.forEach((k, b) => {
    hot[b * count + k] = 1;
  });
  const pick = tf.tensor2d(hot, [batch, count]);
  const own = tf.concat([pick, pick], 0);
  const diagonal = tf.eye(batch);
  const first = tf.slice(images, [0, 0], [batch, dim]);
  const second = tf.slice(images, [batch, 0], [batch, dim]);
  const english = tf.slice(texts, [0, 0], [count, dim]);
  const foreign = Array.from({ length: others }, (_, s) => tf.slice(texts, [(s + 1) * count, 0], [count, dim]));

  const toEnglish = crossEntropy(images, english, own);
  const toForeign = mean(foreign.map((set) => crossEntropy(images, set, own)));
  const ofBatch = [english, ...foreign].map((set) => tf.matMul(pick, set) as tf.Tensor2D);
  const toImages = (set: tf.Tensor2D) => mean([first, second].map((side) => crossEntropy(set, side, diagonal)));
  const textToImage = tf.add(toImages(ofBatch[0]!), mean(ofBatch.slice(1).map(toImages))) as tf.Scalar;
  const acrossVendors = tf.add(
    crossEntropy(first, second, diagonal),
    crossEntropy(second, first, diagonal),
  ) as tf.Scalar;
  const toLanguage = mean(ofBatch.slice(1).map((set) => crossEntropy(set, english, pick)));
  parts.push(...[toEnglish, toForeign, textToImage, acrossVendors, toLanguage].map((part) => tf.keep(part.clone())));
  return tf.addN([toEnglish, tf.mul(toForeign, 1.5), textToImage, tf.mul(acrossVendors, 0.5), toLanguage]) as tf.Scalar;
}

/** Mean cross entropy of the rows of `from` finding their own among `to`. */
function crossEntropy(from: tf.Tensor2D, to: tf.Tensor2D, own: tf.Tensor2D): tf.Scalar {
  const logits = tf.div(tf.matMul(from, to, false, true), temperature);
  return tf.mean(tf.sub(tf.logSumExp(logits, 1), tf.sum(tf.mul(logits, own), 1)));
}

function mean(values: readonly tf.Scalar[]): tf.Scalar {
  return tf.div(tf.addN([...values]), values.length);
}
