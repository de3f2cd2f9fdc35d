import { createVectors, selectRows, vectorAt } from '@nearkin/core';
import { buildClassifier, knnClassifier } from '@nearkin/retrieval';
import * as tf from '@tensorflow/tfjs-core';
import { create } from '@tensorflow-models/knn-classifier';
import { interleaved, ms, noEmbedder, type Row, randomGallery, times } from './measure.js';

const dim = 128;

/** One question at a time, 100 classes, the same rows in both. */
export async function queries(rounds: number): Promise<Row[]> {
  const out: Row[] = [];
  for (const rows of [1_000, 10_000, 100_000]) {
    const gallery = randomGallery({ rows, classes: 100, dim });
    const theirs = create();
    const dataset: Record<string, tf.Tensor2D> = {};
    for (const label of new Set(gallery.labels)) {
      const own = [...gallery.labels.keys()].filter((row) => gallery.labels[row] === label);
      dataset[label] = tf.tidy(() => {
        const x = tf.tensor2d(selectRows(gallery.vectors, own).data, [own.length, dim]);
        return tf.div(x, tf.norm(x, 2, 1, true));
      });
    }
    theirs.setClassifierDataset(dataset);
    const query = vectorAt(gallery.vectors, 7);
    const tensor = tf.tensor1d(query);
    const vectors = createVectors(query.slice(), dim);
    for (const quantize of ['none', 'int8'] as const) {
      const ours = buildClassifier(noEmbedder(dim), gallery, { quantize });
      const [a, b] = await interleaved(
        [() => ours.classifyVectors(vectors), () => theirs.predictClass(tensor)],
        rounds,
      );
      out.push({
        what: `question to ${rows.toLocaleString('en')} rows of ${dim} numbers${quantize === 'int8' ? ', int8' : ''}`,
        figure: ms(a!),
        against: `${ms(b!)} (knn-classifier)`,
        ratio: times(b! / a!),
      });
      ours.dispose();
    }
    theirs.dispose();
    tensor.dispose();
  }
  return out;
}

/** 1,500 activations of 1,024 numbers, one by one, into one class. */
export async function additions(rounds: number): Promise<Row[]> {
  const gallery = randomGallery({ rows: 1500, classes: 1, dim: 1024 });
  const examples = Array.from({ length: 1500 }, (_, row) => tf.tensor1d(vectorAt(gallery.vectors, row)));
  const addAll = (make: () => { addExample(example: tf.Tensor, label: string): void; dispose(): void }) => () => {
    const classifier = make();
    for (const example of examples) classifier.addExample(example, 'a');
    classifier.dispose();
  };
  const [a, b] = await interleaved([addAll(knnClassifier), addAll(create)], rounds);
  tf.dispose(examples);
  return [
    {
      what: 'adding 1,500 examples of 1,024 numbers',
      figure: ms(a!),
      against: `${ms(b!)} (knn-classifier)`,
      ratio: times(b! / a!),
    },
  ];
}
