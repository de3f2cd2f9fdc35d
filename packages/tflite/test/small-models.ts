import { createGallery, createRng, createVectors, type Gallery, l2Normalize } from '@nearkin/core';
import type { ExportableClassifier } from '../src/export/exportable-classifier.js';
import { createGraphBuilder } from '../src/model/graph.js';
import { writeModel } from '../src/model/write-model.js';

export const side = 8;
export const dim = 16;
const inputs = side * side * 3;

/** A picture `[1, 8, 8, 3]` times a random matrix: the smallest thing that embeds. */
export function tinyEmbedder(): { bytes: Uint8Array; weights: Float32Array } {
  const rng = createRng(3);
  const weights = Float32Array.from({ length: dim * inputs }, () => rng.normal() / Math.sqrt(inputs));
  const graph = createGraphBuilder(0);
  const image = graph.tensor({ name: 'image', shape: [1, side, side, 3] });
  const flat = graph.apply(
    'RESHAPE',
    [image, graph.constant('shape', [2], Int32Array.of(1, inputs))],
    { name: 'flat', shape: [1, inputs] },
    { shape: [1, inputs] },
  );
  const matrix = graph.constant('matrix', [dim, inputs], weights);
  const embedding = graph.apply('FULLY_CONNECTED', [flat, matrix, -1], { name: 'embedding', shape: [1, dim] });
  const bytes = writeModel(graph.finish({ inputs: [image], outputs: [embedding] }), {
    description: 'tiny',
    metadata: new Map(),
    outputName: 'embedding',
  });
  return { bytes, weights };
}

/** Random unit rows; `perClass` says how many each class has. */
export function randomGallery(classes: number, perClass: (c: number) => number): Gallery {
  const rng = createRng(5);
  const labels = Array.from({ length: classes }, (_, c) =>
    Array.from({ length: perClass(c) }, () => `class ${c}`),
  ).flat();
  const vectors = createVectors(
    Float32Array.from({ length: labels.length * dim }, () => rng.normal()),
    dim,
  );
  return createGallery({ vectors: l2Normalize(vectors), ids: labels.map((_, i) => `row ${i}`), labels });
}

/** 8-bit samples of a noisy square picture. */
export function noisyPicture(seed: number, size = side): Uint8Array {
  const rng = createRng(seed);
  return Uint8Array.from({ length: size * size * 3 }, () => rng.integer(256));
}

/** What the tiny embedder makes of a picture, in double precision. */
export function tinyEmbedding(weights: Float32Array, samples: Uint8Array): number[] {
  return Array.from({ length: dim }, (_, o) => {
    let sum = 0;
    for (let i = 0; i < inputs; i++) sum += weights[o * inputs + i]! * ((samples[i]! - 127.5) / 127.5);
    return sum;
  });
}

/** A classifier as exporting sees one. */
export function smallClassifier(
  gallery: Gallery,
  settings: Partial<ExportableClassifier['settings']> = {},
): ExportableClassifier {
  return {
    labels: [...new Set(gallery.labels)],
    gallery,
    settings: { aggregation: 'max', m: 2, temperature: 0.1, ...settings },
  };
}
