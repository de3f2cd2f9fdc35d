import { createVectors, selectRows, vectorAt } from '@nearkin/core';
import { buildClassifier } from '@nearkin/retrieval';
import * as tf from '@tensorflow/tfjs-core';
import { create } from '@tensorflow-models/knn-classifier';
import { median, ms, noEmbedder, pairedRatio, type Row, randomGallery, takeTurns, times } from './measure.js';

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
    const float = buildClassifier(noEmbedder(dim), gallery);
    const int8 = buildClassifier(noEmbedder(dim), gallery, { quantize: 'int8' });
    const [a, b, c] = await takeTurns(
      [() => float.classifyVectors(vectors), () => int8.classifyVectors(vectors), () => theirs.predictClass(tensor)],
      { rounds, warmUp: 3 },
    );
    for (const [list, note] of [
      [a!, ''],
      [b!, ', int8'],
    ] as const)
      out.push({
        what: `question to ${rows.toLocaleString('en')} rows of ${dim} numbers${note}`,
        figure: ms(median(list)),
        against: `${ms(median(c!))} (knn-classifier)`,
        ratio: times(pairedRatio(list, c!)),
      });
    float.dispose();
    int8.dispose();
    theirs.dispose();
    tensor.dispose();
  }
  return out;
}
