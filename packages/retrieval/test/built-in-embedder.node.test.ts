import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBundle } from '@nearkin/core';
import { createFilterEmbedder, preprocess, readModelArtifacts } from '@nearkin/embedders';
import { loadGraphModel } from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { buildClassifier, exportGraphModel, loadClassifier } from '../src/index.js';
import { toyPictureGallery, toyPictures } from './toy-image-embedder.js';
import { useBackend } from './use-backend.js';

beforeAll(() => useBackend('wasm'));

it('a classifier on the built-in embedder is saved, loaded and exported', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'nearkin-built-in-'));
  const embedder = await createFilterEmbedder();
  const classifier = buildClassifier(embedder, await toyPictureGallery(embedder, ['a', 'b', 'a', 'c']));
  const pictures = toyPictures(3);
  const answers = await classifier.classifyBatch(pictures);

  await classifier.save(join(folder, 'saved'));
  const loaded = await loadClassifier(join(folder, 'saved'));
  expect(await loaded.classifyBatch(pictures)).toEqual(answers);
  loaded.dispose();

  await exportGraphModel(classifier, join(folder, 'graph'));
  const { bundle } = await openBundle(join(folder, 'graph'));
  const graph = await loadGraphModel(tf.io.fromMemory(await readModelArtifacts(bundle)));
  const { width, height } = embedder.preprocessing;
  const input = tf.tensor4d(preprocess(pictures, embedder.preprocessing), [3, height, width, 3]);
  const scores = (graph.predict(input) as tf.Tensor2D).arraySync();
  answers.forEach((answer, i) => {
    for (const { label, score } of answer)
      expect(Math.abs(scores[i]![classifier.labels.indexOf(label)]! - score)).toBeLessThanOrEqual(1e-5);
  });
  await rm(folder, { recursive: true });
});
