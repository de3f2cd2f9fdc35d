// #region embedder
import { embedGallery, openBundle } from '@nearkin/core';
import {
  loadImageEmbedder,
  readAlbums,
  readModelArtifacts,
} from '@nearkin/embedders/node';
import {
  createConvEmbedder,
  fit,
  perClassSampler,
  pictureData,
  saveEmbedder,
  supConLoss,
} from '@nearkin/training';

// A small net of our own, so that this page needs no download.
// A MobileNet is better: skip to the next step.
const net = createConvEmbedder({
  preprocessing: { width: 48, height: 48, fit: 'squash' },
  layers: [
    { channels: 16, stride: 2 },
    { channels: 32, stride: 2 },
  ],
  dim: 32,
  seed: 1,
});
const data = await pictureData(readAlbums('photos'), {
  preprocessing: net.preprocessing,
});
const sampler = perClassSampler({
  labels: data.labels,
  classesPerBatch: 6,
  samplesPerClass: 2,
  seed: 1,
});
await fit(net, data, { loss: supConLoss(), sampler, steps: 20, seed: 1 });
await saveEmbedder(net, 'models/small');

// #endregion embedder

// #region export
import { writeFile } from 'node:fs/promises';
import { buildClassifier } from '@nearkin/retrieval';
import { describeTflite, exportTflite } from '@nearkin/tflite';
import { convertLayers } from '@nearkin/tflite/layers';

const embedder = await loadImageEmbedder('models/small');
const classifier = buildClassifier(
  embedder,
  await embedGallery(embedder, readAlbums('albums')),
);
const artifacts = await readModelArtifacts(
  (await openBundle('models/small')).bundle,
);
const base = convertLayers(artifacts, {
  preprocessing: embedder.preprocessing,
});
const file = exportTflite(classifier, base, {
  metadata: { name: 'Corner shop' },
});
await writeFile('shop.tflite', file);
const { inputs, outputs, files } = describeTflite(file);
console.log(inputs[0].shape, outputs[0].shape, files);
// [ 1, 48, 48, 3 ] [ 1, 6 ] [ { name: 'labels.txt', size: 64 } ]
// #endregion export
