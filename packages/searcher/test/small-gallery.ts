import { createGallery, createRng, createVectors, type Gallery } from '@nearkin/core';

/** Rows around a few centres, some with labels and metadata, from an embedder called `model-a`. */
export function smallGallery({ count = 600, dim = 24, seed = 1, prefix = 'photo' } = {}): Gallery {
  const rng = createRng(seed);
  const centres = createRng(99);
  const around = Float32Array.from({ length: 12 * dim }, () => centres.normal());
  const data = new Float32Array(count * dim);
  for (let i = 0; i < count; i++) {
    const centre = rng.integer(12);
    for (let j = 0; j < dim; j++) data[i * dim + j] = around[centre * dim + j]! + 0.4 * rng.normal();
  }
  return createGallery({
    vectors: createVectors(data, dim),
    ids: Array.from({ length: count }, (_, i) => `${prefix} ${i}`),
    labels: Array.from({ length: count }, (_, i) => (i % 4 === 0 ? '' : `label ${i % 9}`)),
    metadata: Array.from({ length: count }, (_, i) => (i % 3 === 0 ? { page: i } : null)),
    modelId: 'model-a',
  });
}
