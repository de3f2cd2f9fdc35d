// #region sample
import '@tensorflow/tfjs-backend-cpu';
import { createGallery, createVectors } from '@nearkin/core';
import { fromFunction } from '@nearkin/embedders';
import { buildClassifier } from '@nearkin/retrieval';

const rows = [
  [1, 0],
  [0.8, 0.6],
  [0, 1],
];
const gallery = createGallery({
  vectors: createVectors(Float32Array.from(rows.flat()), 2),
  ids: ['tom.jpg', 'kitty.jpg', 'rex.jpg'],
  labels: ['cat', 'cat', 'dog'],
});
const classifier = buildClassifier(
  fromFunction((batch) => batch, { id: 'plane', dim: 2 }),
  gallery,
);

const query = [0.6, 0.8];
const cosines = rows.map((row) => row[0] * query[0] + row[1] * query[1]);
const byHand = { cat: Math.max(cosines[0], cosines[1]), dog: cosines[2] };
const answers = await classifier.classify(query);
for (const { label, score, nearestId } of answers)
  console.log(label, score.toFixed(3), byHand[label].toFixed(3), nearestId);
// cat 0.960 0.960 kitty.jpg
// dog 0.800 0.800 rex.jpg
// #endregion sample
