import { createPicture, createRng, createVectors } from '@nearkin/core';
import { loadImageEmbedder } from '@nearkin/embedders';
import { buildClassifier } from '@nearkin/retrieval';
import * as tf from '@tensorflow/tfjs-core';
import { sharedData } from '../../testing/shared-data.js';
import { median, ms, pairedRatio, type Row, randomGallery, takeTurns } from './measure.js';

/** What 10,000 classes cost on top of the embedding, on a real model; nothing where its weights are absent. */
export async function overhead(rounds: number): Promise<Row[]> {
  const weights = sharedData('weights/mobilenet-v2-1.0-224-u8');
  if (!weights) return [];
  const embedder = await loadImageEmbedder(weights, { layer: 'embedding' });
  const { dim } = embedder;
  const gallery = randomGallery({ rows: 10_000, classes: 10_000, dim, modelId: embedder.id });
  const classifier = buildClassifier(embedder, gallery);
  const rng = createRng(3);
  const data = Uint8Array.from({ length: 224 * 224 * 3 }, () => rng.integer(256));
  const picture = createPicture({ data, width: 224, height: 224, channels: 3 });
  const vectors = createVectors(Float32Array.from((await embedder.embed([picture])).data), dim);
  const matrix = tf.tensor2d(gallery.vectors.data, [dim, gallery.vectors.count]);
  const product = async () => {
    const scores = tf.tidy(() => tf.matMul(tf.tensor2d(vectors.data, [1, dim]), matrix));
    await scores.data();
    scores.dispose();
  };
  const [bare, whole] = await takeTurns([() => embedder.embed([picture]), () => classifier.classify(picture)], {
    rounds,
    warmUp: 3,
  });
  const [alone, bareProduct] = await takeTurns([() => classifier.classifyVectors(vectors), product], {
    rounds,
    warmUp: 3,
  });
  matrix.dispose();
  classifier.dispose();
  embedder.dispose();
  return [
    {
      what: 'classify a picture with MobileNetV2, 10,000 classes',
      figure: ms(median(whole!)),
      against: `${ms(median(bare!))} (its embedder alone)`,
      ratio: surplus(bare!, whole!),
    },
    {
      what: `of which 10,000 classes of ${dim} numbers`,
      figure: ms(median(alone!)),
      against: `${ms(median(bareProduct!))} (the product of query and rows alone)`,
      ratio: surplus(bareProduct!, alone!),
    },
  ];
}

function surplus(without: readonly number[], having: readonly number[]): string {
  const percent = (pairedRatio(without, having) - 1) * 100;
  return `${percent < 0 ? '' : '+'}${percent.toFixed(1)} %`;
}
