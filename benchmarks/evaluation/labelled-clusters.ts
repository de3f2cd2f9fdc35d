import { createRng, createVectors, l2Normalize } from '@nearkin/core';
import type { LabelledVectors } from '@nearkin/evaluation';

/** Unit vectors scattered about one centre a class, so that a query finds some of its class but not all of it. */
export function labelledClusters(shape: {
  count: number;
  dim: number;
  perClass: number;
  seed: number;
}): LabelledVectors {
  const { count, dim, perClass } = shape;
  const rng = createRng(shape.seed);
  const classes = Math.ceil(count / perClass);
  const centres = Float32Array.from({ length: classes * dim }, rng.normal);
  const data = new Float32Array(count * dim);
  for (let row = 0; row < count; row++) {
    const centre = (row % classes) * dim;
    for (let i = 0; i < dim; i++)
      data[row * dim + i] = centres[centre + i]! + 1.5 * (rng.uniform() + rng.uniform() - 1) * 2;
  }
  return {
    vectors: l2Normalize(createVectors(data, dim)),
    labels: Int32Array.from({ length: count }, (_, row) => row % classes),
  };
}
