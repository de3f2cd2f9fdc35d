import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPicture, createRng, embedGallery, openBundle, type Picture } from '@nearkin/core';
import { type ImageEmbedder, loadImageEmbedder, preprocess, readModelArtifacts } from '@nearkin/embedders';
import { loadGraphModel } from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { describeWithData } from '../../../testing/shared-data.js';
import { buildClassifier, exportGraphModel, loadClassifier } from '../src/index.js';
import { useBackend } from './use-backend.js';

/** Blurred noise: pictures of any size that differ from one another. */
function pictures(count: number, side: number): Picture[] {
  const rng = createRng(8);
  return Array.from({ length: count }, () => {
    const colors = Array.from({ length: 16 * 3 }, () => rng.integer(256));
    const data = new Uint8Array(side * side * 3);
    for (let y = 0; y < side; y++)
      for (let x = 0; x < side; x++)
        for (let c = 0; c < 3; c++)
          data[(y * side + x) * 3 + c] =
            0.8 * colors[(Math.floor((4 * y) / side) * 4 + Math.floor((4 * x) / side)) * 3 + c]! + rng.integer(50);
    return createPicture({ data, width: side, height: side, channels: 3 });
  });
}

describeWithData('classifiers on real models', ['weights'], ([weights]) => {
  let folder: string;
  beforeAll(() => useBackend('wasm'));
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nearkin-export-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const models = [
    ['mobilenet-v2-1.0-224-u8', { layer: 'embedding', batches: [1, 3], quantizations: ['none'] }],
    [
      'mobilenet-v1-0.25-224',
      { layer: 'global_average_pooling2d_1', batches: [1, 3], quantizations: ['none', 'int8'] },
    ],
    // Its graph fixes a batch of one.
    ['graphmodel-mb3-centernet', { layer: 'tower_0/CenternetHead/Mean', batches: [1], quantizations: ['int8'] }],
  ] as const;
  for (const [name, { layer, batches, quantizations }] of models)
    for (const quantize of quantizations)
      it(`${name}, ${quantize}: plain tfjs runs the exported graph, a saved one answers as before`, async () => {
        const embedder: ImageEmbedder = await loadImageEmbedder(join(weights!, name), { layer });
        const { width } = embedder.preprocessing;
        const shown = pictures(5, width);
        const gallery = await embedGallery(
          embedder,
          shown.slice(0, 4).map((input, i) => ({ id: String(i), label: `class ${i % 3}`, input })),
        );
        const classifier = buildClassifier(embedder, gallery, { aggregation: 'mean', quantize });

        await exportGraphModel(classifier, join(folder, 'graph'));
        const { bundle } = await openBundle(join(folder, 'graph'));
        const graph = await loadGraphModel(tf.io.fromMemory(await readModelArtifacts(bundle)));
        const { labels } = (graph.metadata as { nearkin: { classifier: { labels: string[] } } }).nearkin.classifier;
        for (const batch of batches) {
          const queries = shown.slice(5 - batch);
          const input = tf.tensor4d(preprocess(queries, embedder.preprocessing), [batch, width, width, 3]);
          const scores = (graph.predict(input) as tf.Tensor2D).arraySync();
          const answers = await classifier.classifyBatch(queries, { k: 3 });
          answers.forEach((answer, i) => {
            for (const { label, score } of answer)
              expect(Math.abs(scores[i]![labels.indexOf(label)]! - score)).toBeLessThanOrEqual(1e-5);
          });
          input.dispose();
        }
        graph.dispose();
        // What was exported is itself an embedder with the same vectors.
        const again = await loadImageEmbedder(join(folder, 'graph'));
        const [a, b] = [await again.embed([shown[4]!]), await embedder.embed([shown[4]!])];
        expect(Math.max(...a.data.map((value, i) => Math.abs(value - b.data[i]!)))).toBeLessThanOrEqual(
          1e-5 * Math.max(...b.data.map(Math.abs)),
        );
        again.dispose();

        await classifier.save(join(folder, 'saved'));
        const loaded = await loadClassifier(join(folder, 'saved'));
        expect(await loaded.classify(shown[4]!)).toEqual(await classifier.classify(shown[4]!));
        const json = JSON.parse(await readFile(join(folder, 'saved', 'model.json'), 'utf8'));
        expect('node' in json.modelTopology).toBe(name.startsWith('graphmodel'));
        loaded.dispose();
        classifier.dispose();
        embedder.dispose();
      });
});
