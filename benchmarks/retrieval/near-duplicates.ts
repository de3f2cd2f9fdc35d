import { createGallery, createRng, createVectors, l2Normalize } from '@nearkin/core';
import { buildClassifier, CosineMatch } from '@nearkin/retrieval';
import * as tf from '@tensorflow/tfjs-core';
import { noEmbedder, type Row } from './measure.js';

const dim = 128;
const classes = 10_000;
const cluster = 10;

/** Top-1 accuracy where every class has nine others that look almost the same. */
export async function nearDuplicates(): Promise<Row[]> {
  const rng = createRng(5);
  const rows = new Float32Array(classes * dim);
  const asked = new Float32Array(classes * dim);
  for (let c = 0; c < classes; c += cluster) {
    const centre = Float32Array.from({ length: dim }, () => rng.normal());
    for (let i = c; i < c + cluster; i++)
      for (let d = 0; d < dim; d++) {
        const value = centre[d]! + 0.1 * rng.normal();
        rows[i * dim + d] = value;
        asked[i * dim + d] = value + 0.02 * rng.normal();
      }
  }
  const unit = l2Normalize(createVectors(rows, dim));
  const queries = l2Normalize(createVectors(asked, dim));
  const ids = Array.from({ length: classes }, (_, c) => String(c));
  const gallery = createGallery({ vectors: unit, ids, labels: ids });
  const accuracy: Record<string, number> = {};
  let gap = 0;
  for (const quantize of ['none', 'int8'] as const) {
    const classifier = buildClassifier(noEmbedder(dim), gallery, { quantize });
    const answers = await classifier.classifyVectors(queries, { k: 2 });
    accuracy[quantize] = answers.filter(([best], c) => best!.label === ids[c]).length / classes;
    const gaps = answers.map(([a, b]) => a!.score - b!.score).sort((a, b) => a - b);
    if (quantize === 'none') gap = gaps[classes / 2]!;
    classifier.dispose();
  }
  const google = googleAccuracy(unit.data, queries.data);
  return [
    {
      what: `top-1, 10,000 near-duplicate classes (median top-2 gap ${gap.toFixed(4)}), int8`,
      figure: accuracy['int8']!.toFixed(4),
      against: `${google.toFixed(4)} (scores of 1/128); ${accuracy['none']!.toFixed(4)} (float32)`,
      ratio: '',
    },
  ];
}

function googleAccuracy(unit: Float32Array, queries: Float32Array): number {
  const match = new CosineMatch({ rows: classes, compat: 'google' });
  match.build([null, dim]);
  tf.tidy(() => {
    const rows = tf.transpose(tf.tensor2d(unit, [classes, dim]));
    match.setWeights([tf.clipByValue(tf.round(tf.mul(rows, 128)), -128, 127)]);
  });
  let right = 0;
  for (let from = 0; from < classes; from += 500)
    right += tf.tidy(() => {
      const x = tf.tensor2d(queries.subarray(from * dim, (from + 500) * dim), [500, dim]);
      const best = tf.argMax(match.apply(x) as tf.Tensor2D, 1).dataSync();
      return best.filter((c, i) => c === from + i).length;
    });
  return right / classes;
}
