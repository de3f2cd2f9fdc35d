import { createGallery, createRng, createVectors, type Gallery, l2Normalize, type Vectors } from '@nearkin/core';
import { buildClassifier, CosineMatch } from '@nearkin/retrieval';
import * as tf from '@tensorflow/tfjs-core';
import { noEmbedder, type Row } from './measure.js';

const classes = 10_000;
const batch = 500;

interface Conditions {
  readonly what: string;
  readonly dim: number;
  /** Classes around one centre. */
  readonly cluster: number;
  /** How far a class lies from its centre, and a query from its class; the centres' spread is 1. */
  readonly spread: number;
  readonly view: number;
  /** Features of a layer with ReLU: nothing below zero. */
  readonly relu: boolean;
}

const sets: readonly Conditions[] = [
  { what: 'near duplicates', dim: 256, cluster: 5, spread: 0.102, view: 0.2, relu: true },
  // Queries so like their class that a score of 1/128 steps, which ends at 127/128, cannot tell them from the next.
  { what: 'nearer duplicates', dim: 128, cluster: 10, spread: 0.1, view: 0.02, relu: false },
];

/** Top-1 accuracy of float32, int8 and scores rounded to 1/128, where every class has others that look almost the same. */
export async function nearDuplicates(): Promise<Row[]> {
  const out: Row[] = [];
  for (const set of sets) {
    const { gallery, queries } = makeSet(set);
    const float = await answer(gallery, queries, 'none');
    const int8 = await answer(gallery, queries, 'int8');
    const google = googleAccuracy(gallery.vectors, queries);
    const gap = `median top-2 gap ${float.gap.toFixed(4)}`;
    const ties = `${(100 * google.tied).toFixed(0)} % tied`;
    out.push({
      what: `top-1 of 10,000 classes, ${set.what} (${gap}), int8`,
      figure: int8.accuracy.toFixed(4),
      against: `${google.accuracy.toFixed(4)} (scores of 1/128, ${ties}); ${float.accuracy.toFixed(4)} (float32)`,
      ratio: '',
    });
  }
  return out;
}

function makeSet({ dim, cluster, spread, view, relu }: Conditions): { gallery: Gallery; queries: Vectors } {
  const rng = createRng(5);
  const rows = new Float32Array(classes * dim);
  const asked = new Float32Array(classes * dim);
  const feature = (value: number) => (relu ? Math.max(0, value) : value);
  for (let c = 0; c < classes; c += cluster) {
    const centre = Float32Array.from({ length: dim }, () => rng.normal());
    for (let i = c; i < c + cluster; i++)
      for (let d = 0; d < dim; d++) {
        const value = centre[d]! + spread * rng.normal();
        rows[i * dim + d] = feature(value);
        asked[i * dim + d] = feature(value + view * rng.normal());
      }
  }
  const ids = Array.from({ length: classes }, (_, c) => String(c));
  const vectors = l2Normalize(createVectors(rows, dim));
  return { gallery: createGallery({ vectors, ids, labels: ids }), queries: l2Normalize(createVectors(asked, dim)) };
}

async function answer(gallery: Gallery, queries: Vectors, quantize: 'none' | 'int8') {
  const classifier = buildClassifier(noEmbedder(queries.dim), gallery, { quantize });
  const answers = await classifier.classifyVectors(queries, { k: 2 });
  classifier.dispose();
  const gaps = answers.map(([a, b]) => a!.score - b!.score).sort((a, b) => a - b);
  const right = answers.filter(([best], c) => best!.label === gallery.labels[c]).length;
  return { accuracy: right / classes, gap: gaps[classes / 2]! };
}

function googleAccuracy({ data, dim }: Vectors, queries: Vectors) {
  const match = new CosineMatch({ rows: classes, compat: 'google' });
  match.build([null, dim]);
  tf.tidy(() => {
    const rows = tf.transpose(tf.tensor2d(data, [classes, dim]));
    match.setWeights([tf.clipByValue(tf.round(tf.mul(rows, 128)), -128, 127)]);
  });
  let right = 0;
  let tied = 0;
  for (let from = 0; from < classes; from += batch) {
    const { best, ties } = tf.tidy(() => {
      const x = tf.tensor2d(queries.data.subarray(from * dim, (from + batch) * dim), [batch, dim]);
      const scores = match.apply(x) as tf.Tensor2D;
      const atTop = tf.sum(tf.cast(tf.equal(scores, tf.max(scores, 1, true)), 'float32'), 1);
      return { best: tf.argMax(scores, 1).dataSync(), ties: atTop.dataSync() };
    });
    right += best.filter((c, i) => c === from + i).length;
    tied += ties.filter((count) => count > 1).length;
  }
  return { accuracy: right / classes, tied: tied / classes };
}
