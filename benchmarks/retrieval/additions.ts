import { createVectors, type Embedder, selectGallery, vectorAt } from '@nearkin/core';
import { buildClassifier, knnClassifier } from '@nearkin/retrieval';
import * as tf from '@tensorflow/tfjs-core';
import { create } from '@tensorflow-models/knn-classifier';
import {
  type Backend,
  median,
  ms,
  pairedRatio,
  type Row,
  randomGallery,
  takeTurns,
  times,
  useBackend,
} from './measure.js';

const dim = 1024;
const count = 1500;

interface Knn {
  addExample(example: tf.Tensor, label: string): void;
  predictClass(input: tf.Tensor): Promise<unknown>;
  dispose(): void;
}

/** 1,500 activations of 1,024 numbers, one by one, into one class, and the same rows into a classifier. */
export async function additions(rounds: number): Promise<Row[]> {
  // There a single round takes ten seconds, and its length varies little.
  const rows = [...(await onBackend('wasm', rounds)), ...(await onBackend('cpu', 1))];
  await useBackend('wasm');
  return rows;
}

async function onBackend(backend: Backend, rounds: number): Promise<Row[]> {
  await useBackend(backend);
  const gallery = randomGallery({ rows: count + 2, classes: 1, dim });
  const examples = Array.from({ length: count }, (_, row) => tf.tensor1d(vectorAt(gallery.vectors, row).slice()));
  const addAll = (make: () => Knn, ask: boolean) => async () => {
    const classifier = make();
    for (const example of examples) classifier.addExample(example, 'a');
    if (ask) await classifier.predictClass(examples[7]!);
    classifier.dispose();
  };
  const two = selectGallery({ ...gallery, labels: gallery.labels.map((_, row) => `${row}`) }, [count, count + 1]);
  const inputs = examples.map((_, row) => vectorAt(gallery.vectors, row));
  const all = selectGallery(gallery, [...examples.keys()]);
  const single = inputs.map((_, row) => selectGallery(gallery, [row]));
  const intoClassifier = (add: (to: ReturnType<typeof buildClassifier<Float32Array>>) => unknown) => async () => {
    const classifier = buildClassifier(vectorsThemselves, two);
    await add(classifier);
    classifier.dispose();
  };
  const jobs = {
    'knnClassifier().addExample, one by one': addAll(knnClassifier, false),
    'the same and a question, which does the deferred work': addAll(knnClassifier, true),
    'classifier.addGallery, a row at a time': intoClassifier((to) => {
      for (const row of single) to.addGallery(row);
    }),
    'classifier.addGallery, all at once': intoClassifier((to) => to.addGallery(all)),
    'classifier.addExamples, all at once': intoClassifier((to) => to.addExamples(two.labels[0]!, inputs)),
  };
  const ours = Object.values(jobs);
  // Only the quick ones need warm code.
  await takeTurns(ours, { rounds: 3 });
  const lists = await takeTurns([...ours, addAll(create, false), addAll(create, true)], { rounds, warmUp: 0 });
  tf.dispose(examples);
  const [theirs, theirsAsked] = lists.slice(-2);
  return Object.keys(jobs).map((name, i) => {
    const against = i === 1 ? theirsAsked! : theirs!;
    return {
      what: `adding 1,500 examples of 1,024 numbers on ${backend}: ${name}`,
      figure: ms(median(lists[i]!)),
      against: `${ms(median(against))} (knn-classifier)`,
      ratio: times(pairedRatio(lists[i]!, against)),
    };
  });
}

const vectorsThemselves: Embedder<Float32Array> = {
  id: 'vectors',
  dim,
  async embed(batch) {
    const data = new Float32Array(batch.length * dim);
    batch.forEach((row, i) => {
      data.set(row, i * dim);
    });
    return createVectors(data, dim);
  },
  dispose() {},
};
