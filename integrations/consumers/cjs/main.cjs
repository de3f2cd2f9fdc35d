const { createGallery, createVectors } = require('@nearkin/core');
const { fromFunction } = require('@nearkin/embedders');
const { buildClassifier } = require('@nearkin/retrieval');
const { buildIndex } = require('@nearkin/searcher');
const { evaluateRetrieval } = require('@nearkin/evaluation');
require('@tensorflow/tfjs-backend-cpu');

const vectors = createVectors(Float32Array.of(1, 0, 0.9, 0.1, 0, 1, 0.1, 0.9), 2);
const gallery = createGallery({ vectors, ids: ['a', 'b', 'c', 'd'], labels: ['x', 'x', 'y', 'y'] });

(async () => {
  const embedder = fromFunction((batch) => batch, { id: 'plane', dim: 2 });
  const [best] = await buildClassifier(embedder, gallery).classify([0.9, 0.2]);
  const [hit] = (await buildIndex(gallery)).search([0, 2], { k: 1 });
  const { mean } = await evaluateRetrieval({ queries: gallery, k: [1] });
  console.log(`classified ${best.label}, found ${hit.id}, hitRate@1 ${mean['hitRate@1']}`);
  if (best.label !== 'x' || hit.id !== 'c' || mean['hitRate@1'] !== 1) process.exitCode = 1;
})();
