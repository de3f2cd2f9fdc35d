import { createGallery, createRng, createVectors, type Embedder, type Gallery, vectorAt } from '@nearkin/core';

/** Of every vector here. */
export const dim = 16;

/** Rows around one center per label; ids say the seed. */
export function clusters(count: number, seed: number, labels = 8): Gallery {
  const centers = Float32Array.from({ length: labels * dim }, createRng(1).normal);
  const rng = createRng(seed);
  const owners = Array.from({ length: count }, () => rng.integer(labels));
  const data = new Float32Array(count * dim);
  owners.forEach((label, i) => {
    for (let j = 0; j < dim; j++) data[i * dim + j] = centers[label * dim + j]! + 0.6 * rng.normal();
  });
  return createGallery({
    vectors: createVectors(data, dim),
    ids: owners.map((_, i) => `${seed}-${i}`),
    labels: owners.map((label) => `class ${label}`),
    modelId: 'toy',
  });
}

/** Its inputs are its vectors. */
export const toy: Embedder<readonly number[]> = {
  id: 'toy',
  dim,
  embed: async (batch) => createVectors(Float32Array.from(batch.flat()), dim),
  dispose() {},
};

/** Some rows of a gallery. */
export const part = (gallery: Gallery, rows: readonly number[]): Gallery =>
  createGallery({
    vectors: createVectors(Float32Array.from(rows.flatMap((row) => [...vectorAt(gallery.vectors, row)])), dim),
    ids: rows.map((row) => gallery.ids[row]!),
    labels: rows.map((row) => gallery.labels[row]!),
  });

/** The code of the error that the work throws, or undefined. */
export const codeOf = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    return (error as { code: string }).code;
  }
  return undefined;
};
