import { openBundle } from '@nearkin/core';
import { readModelArtifacts } from '@nearkin/embedders';
import { loadGraphModel } from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { toyImageEmbedder, toyPictureGallery, toyPictures } from '../../test/toy-image-embedder.js';
import { useBackend } from '../../test/use-backend.js';
import { exportGraphModel } from '../graph/export-graph-model.js';
import { knnClassifier } from '../knn/knn-classifier.js';
import { buildClassifier } from './build-classifier.js';
import { loadClassifier } from './load-classifier.js';

beforeAll(() => useBackend('wasm'));

it('keeps a classifier in browser storage, edits it and exports it', async () => {
  const embedder = toyImageEmbedder();
  const built = buildClassifier(embedder, await toyPictureGallery(embedder, ['a', 'b', 'b', 'c']), {
    quantize: 'int8',
  });
  const pictures = toyPictures(3);
  const expected = await built.classifyBatch(pictures);
  await built.save('indexeddb://pets');
  const loaded = await loadClassifier('indexeddb://pets');
  expect(await loaded.classifyBatch(pictures)).toEqual(expected);
  await loaded.addClass('new', [pictures[0]!]);
  await loaded.save('indexeddb://pets');
  const again = await loadClassifier('indexeddb://pets');
  expect((await again.classify(pictures[0]!))[0]).toMatchObject({ label: 'new', nearestId: 'new#1' });

  await exportGraphModel(built, 'indexeddb://pets-graph');
  const graph = await loadGraphModel(
    tf.io.fromMemory(await readModelArtifacts((await openBundle('indexeddb://pets-graph')).bundle)),
  );
  const input = tf.tensor4d(
    Array.from(pictures[0]!.data, (v) => v / 127.5 - 1),
    [1, 8, 8, 3],
  );
  const [scores] = (graph.predict(input) as tf.Tensor2D).arraySync();
  for (const { label, score } of expected[0]!) expect(scores![built.labels.indexOf(label)]).toBeCloseTo(score, 5);
});

it('keeps a knnClassifier in browser storage', async () => {
  const knn = knnClassifier();
  knn.addExample(tf.tensor1d([1, 0]), 'a');
  knn.addExample(tf.tensor1d([0, 1]), 'b');
  await knn.save('indexeddb://knn');
  const loaded = knnClassifier();
  await loaded.load('indexeddb://knn');
  expect((await loaded.predictClass(tf.tensor1d([0.1, 1]))).label).toBe('b');
});
