import { createGallery, createRng, createVectors, type Embedder, type Gallery } from '@nearkin/core';

/** Rows around one random centre a class; sizes differ from class to class. */
export function toyGallery(options: {
  readonly labels: readonly string[];
  readonly sizes: readonly number[];
  readonly dim?: number;
  readonly seed?: number;
  readonly spread?: number;
  readonly modelId?: string;
}): Gallery {
  const { labels, sizes, dim = 16, seed = 1, spread = 0.5, modelId } = options;
  const rng = createRng(seed);
  const centres = labels.map(() => Float32Array.from({ length: dim }, () => rng.normal()));
  const order = rng.shuffle(labels.flatMap((_, c) => new Array<number>(sizes[c % sizes.length]!).fill(c)));
  const data = Float32Array.from(order.flatMap((c) => Array.from(centres[c]!, (v) => v + spread * rng.normal())));
  return createGallery({
    vectors: createVectors(data, dim),
    ids: order.map((c, row) => `row ${row} of ${c}`),
    labels: order.map((c) => labels[c]!),
    modelId,
  });
}

/** Inputs are vectors already. */
export function vectorEmbedder(dim: number, id = 'vectors'): Embedder<Float32Array> {
  return {
    id,
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
}
