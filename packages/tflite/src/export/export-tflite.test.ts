import { describe, expect, it } from 'vitest';
import { referenceScores } from '../../test/reference-scores.js';
import { runScores } from '../../test/run-scores.js';
import {
  dim,
  noisyPicture,
  randomGallery,
  side,
  smallClassifier,
  tinyEmbedder,
  tinyEmbedding,
} from '../../test/small-models.js';
import { describeTflite, readAssociatedFile } from '../metadata/describe-tflite.js';
import { exportTflite } from './export-tflite.js';
import type { ExportableClassifier } from './exportable-classifier.js';
import { quantizeRows } from './int8-rows.js';

const base = tinyEmbedder();
const pictures = [1, 2, 3, 4].map((seed) => noisyPicture(seed));
const aggregations = ['max', 'mean', 'topM', 'softmax', 'prototype'] as const;

async function largestDifference(classifier: ExportableClassifier, weights: 'float32' | 'int8'): Promise<number> {
  const scores = await runScores(exportTflite(classifier, base.bytes, { weights }), pictures, { side });
  const differences = pictures.flatMap((picture, i) =>
    referenceScores(tinyEmbedding(base.weights, picture), classifier).map((score, c) =>
      Math.abs(score - scores[i]![c]!),
    ),
  );
  expect(scores[0]).toHaveLength(classifier.labels.length);
  return Math.max(...differences);
}

describe.each(aggregations)('an exported classifier that aggregates by %s, run by LiteRT', (aggregation) => {
  it.each([
    ['one row each', () => 1],
    ['equally many rows', () => 4],
    ['any numbers of rows', (c: number) => 1 + ((c * 5) % 7)],
    ['almost equally many rows', (c: number) => 5 + (c % 2)],
  ])('scores as defined: %s', async (_, perClass) => {
    const classifier = smallClassifier(randomGallery(9, perClass), { aggregation });
    expect(await largestDifference(classifier, 'float32')).toBeLessThan(2e-6);
    // Rows are rounded to 8 bits: of 16 numbers up to 1/254 of the largest.
    expect(await largestDifference(classifier, 'int8')).toBeLessThan(aggregation === 'softmax' ? 2e-2 : 1e-2);
  });
});

describe('int8 rows', () => {
  it('are all that is rounded: the query is not', async () => {
    const gallery = randomGallery(9, () => 3);
    const { count } = gallery.vectors;
    const rows = Array.from({ length: count }, (_, r) => gallery.vectors.data.slice(r * dim, (r + 1) * dim));
    const { codes, scales } = quantizeRows(rows, dim);
    const data = Float32Array.from(codes, (code, i) => code * scales[Math.floor(i / dim)]!);
    const rounded = { ...gallery, vectors: { ...gallery.vectors, data } };
    expect(await largestDifference(smallClassifier(rounded), 'int8')).toBeLessThan(2e-6);
  });
});

describe('the labels and the order of the scores', () => {
  it('are those of the classifier, also where rows come mixed and buckets change their order', async () => {
    const gallery = randomGallery(6, (c) => 6 - c);
    const classifier = { ...smallClassifier(gallery), labels: [...new Set(gallery.labels)].reverse() };
    expect(await largestDifference(classifier, 'float32')).toBeLessThan(2e-6);
    const file = exportTflite(classifier, base.bytes);
    const labels = new TextDecoder().decode(await readAssociatedFile(file, 'labels.txt'));
    expect(labels.split('\n')).toEqual(classifier.labels);
  });

  it('do not depend on the length of the rows', async () => {
    const gallery = randomGallery(5, () => 2);
    const longer = {
      ...gallery,
      vectors: { ...gallery.vectors, data: gallery.vectors.data.map((value) => 7 * value) },
    };
    const [expected] = await runScores(exportTflite(smallClassifier(gallery), base.bytes), pictures, { side });
    const [received] = await runScores(exportTflite(smallClassifier(longer), base.bytes), pictures, { side });
    received!.forEach((score, c) => {
      expect(Math.abs(score - expected![c]!)).toBeLessThan(1e-6);
    });
  });

  it('refuses labels that a label file cannot hold', () => {
    for (const label of ['', 'two\nlines']) {
      const gallery = { ...randomGallery(2, () => 1), labels: ['a', label] };
      expect(() => exportTflite(smallClassifier(gallery), base.bytes)).toThrow(
        expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
      );
    }
  });
});

describe('the size of the graph', () => {
  it.each(aggregations)('does not depend on the number of classes: %s', (aggregation) => {
    const operators = [12, 600].map((classes) => {
      const gallery = randomGallery(classes, (c) => 1 + (c % 4));
      return describeTflite(exportTflite(smallClassifier(gallery, { aggregation }), base.bytes)).operators;
    });
    expect(operators[1]).toBe(operators[0]);
  });

  it('10,000 classes open and answer', async () => {
    const gallery = randomGallery(10_000, (c) => 1 + (c % 2));
    const classifier = smallClassifier(gallery);
    const file = exportTflite(classifier, base.bytes);
    const small = exportTflite(smallClassifier(randomGallery(10, (c) => 1 + (c % 2))), base.bytes);
    expect(describeTflite(file).operators).toBe(describeTflite(small).operators);
    const [scores] = await runScores(file, pictures.slice(0, 1), { side });
    const expected = referenceScores(tinyEmbedding(base.weights, pictures[0]!), smallClassifier(sampleOf(gallery, 40)));
    expected.forEach((score, c) => {
      expect(Math.abs(score - scores![c]!)).toBeLessThan(2e-6);
    });
  });
});

describe('metadata', () => {
  it('says who made the model and what for, how pictures are normalised, and where labels are', () => {
    const card = { name: 'Fruit', description: 'of the market', author: 'Anna', version: '2.1', license: 'CC0' };
    const classifier = smallClassifier(
      randomGallery(3, () => 2),
      { metadata: { ...card, name: 'Overruled' } },
    );
    const files = new Map([['model_type.txt', new TextEncoder().encode('IMAGE_CLASSIFIER')]]);
    const described = describeTflite(
      exportTflite(classifier, base.bytes, {
        metadata: { name: card.name },
        normalization: { mean: [1, 2, 3], std: [4, 5, 6] },
        files,
      }),
    );
    expect(described.metadata).toEqual({
      ...card,
      normalization: { mean: [1, 2, 3], std: [4, 5, 6] },
      files: [
        { name: 'model_type.txt', kind: 'descriptions', of: 'model' },
        { name: 'labels.txt', kind: 'tensor-axis-labels', of: 'output' },
      ],
    });
    expect(described.files).toEqual([
      { name: 'labels.txt', size: 'class 0\nclass 1\nclass 2'.length },
      { name: 'model_type.txt', size: 16 },
    ]);
    expect(described.outputs.map(({ shape, type }) => [shape, type])).toEqual([[[1, 3], 'float32']]);
  });

  it('takes the normalisation of the embedder, and of a base that is exported again', () => {
    const embedder = { preprocessing: { mean: [0, 0, 0], std: [255, 255, 255], colorOrder: 'rgb' } };
    const classifier = { ...smallClassifier(randomGallery(2, () => 1)), embedder };
    const once = exportTflite(classifier, base.bytes);
    expect(describeTflite(once).metadata?.normalization).toEqual({ mean: [0], std: [255] });
    const again = exportTflite(smallClassifier(randomGallery(4, () => 1)), once, { embedding: 'embedding' });
    expect(describeTflite(again).metadata?.normalization).toEqual({ mean: [0], std: [255] });
    // What only the old classes needed is gone, the old labels too.
    expect(describeTflite(again).operators).toBe(describeTflite(once).operators);
    expect(describeTflite(again).files).toEqual([{ name: 'labels.txt', size: 31 }]);
    const bgr = { ...classifier, embedder: { preprocessing: { ...embedder.preprocessing, colorOrder: 'bgr' } } };
    expect(() => exportTflite(bgr, base.bytes)).toThrow(expect.objectContaining({ code: 'UNSUPPORTED' }));
  });

  it('may be missing in the base: pictures are then normalised as most models want it', () => {
    expect(describeTflite(base.bytes).metadata).toBeUndefined();
    const file = exportTflite(smallClassifier(randomGallery(2, () => 1)), base.bytes);
    expect(describeTflite(file).metadata?.normalization).toEqual({ mean: [127.5], std: [127.5] });
  });

  it('keeps the bytes of the base as the tail of the model', () => {
    const file = exportTflite(smallClassifier(randomGallery(2, () => 1)), base.bytes);
    const text = (bytes: Uint8Array) => Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
    expect(text(file)).toContain(text(base.bytes));
  });
});

describe('a base that does not fit', () => {
  const gallery = randomGallery(2, () => 1);
  it.each([
    ['UNKNOWN_LAYER', { embedding: 'nowhere' }],
    ['UNKNOWN_LAYER', { embedding: 99 }],
    ['DIMENSION_MISMATCH', { embedding: 'flat' }],
    ['MODEL_MISMATCH', { modelId: 'another' }],
    ['INVALID_ARGUMENT', { normalization: { mean: [1], std: [0] } }],
  ] as const)('%s', (code, options) => {
    const classifier = { ...smallClassifier(gallery), modelId: 'mine' };
    expect(() => exportTflite(classifier, base.bytes, options)).toThrow(expect.objectContaining({ code }));
  });

  it('names tensors that could be the embedding', () => {
    const classifier = smallClassifier(gallery);
    const once = exportTflite(classifier, base.bytes);
    expect(() => exportTflite(classifier, once)).toThrow(
      expect.objectContaining({
        code: 'DIMENSION_MISMATCH',
        details: { expected: dim, received: 2, candidates: ['nearkin/query', 'embedding'] },
      }),
    );
  });
});

/** The rows of the first classes. */
function sampleOf(gallery: ReturnType<typeof randomGallery>, classes: number): typeof gallery {
  const known = new Set([...new Set(gallery.labels)].slice(0, classes));
  const rows = gallery.labels.flatMap((label, row) => (known.has(label) ? [row] : []));
  const data = Float32Array.from(rows.flatMap((row) => [...gallery.vectors.data.subarray(row * dim, (row + 1) * dim)]));
  return {
    vectors: { data, dim, count: rows.length },
    ids: rows.map((row) => gallery.ids[row]!),
    labels: rows.map((row) => gallery.labels[row]!),
  };
}
