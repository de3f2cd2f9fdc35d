import '@tensorflow/tfjs-backend-cpu';
import { createGallery, createVectors, l2Normalize } from '@nearkin/core';
import { type ConvEmbedder, createConvEmbedder } from '@nearkin/training';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { artifactsOf } from '../../test/artifacts-of.js';
import { classifyInMediaPipe } from '../../test/classify-in-mediapipe.js';
import { referenceScores } from '../../test/reference-scores.js';
import {
  noisyPicture,
  randomGallery,
  side,
  smallClassifier,
  tinyEmbedder,
  tinyEmbedding,
} from '../../test/small-models.js';
import { convertLayers } from '../layers/convert-layers.js';
import { describeTflite } from '../metadata/describe-tflite.js';
import { exportTflite } from './export-tflite.js';

const base = tinyEmbedder();
const pictures = [1, 2, 3].map((seed) => noisyPicture(seed));

const tolerance = { float32: 1e-5, int8: 1e-2 };

describe('MediaPipe ImageClassifier', () => {
  it.each([
    ['max', 'float32'],
    ['max', 'int8'],
    ['mean', 'float32'],
    ['topM', 'float32'],
    ['softmax', 'float32'],
    ['prototype', 'float32'],
  ] as const)('takes the file as it is: %s, %s', async (aggregation, weights) => {
    const classifier = smallClassifier(
      randomGallery(7, (c) => 1 + c),
      { aggregation, temperature: 0.3 },
    );
    const bytes = exportTflite(classifier, base.bytes, { weights });
    const answers = await classifyInMediaPipe(bytes, pictures, { side });
    pictures.forEach((picture, i) => {
      const expected = referenceScores(tinyEmbedding(base.weights, picture), classifier);
      const best = classifier.labels[expected.indexOf(Math.max(...expected))];
      expect([...answers[i]!.keys()][0]).toBe(best);
      classifier.labels.forEach((label, c) => {
        expect(Math.abs((answers[i]!.get(label) ?? Number.NaN) - expected[c]!)).toBeLessThan(tolerance[weights]);
      });
    });
  });
});

describe('a small convolutional net of our own', () => {
  const size = 24;
  const net = createConvEmbedder({
    preprocessing: { width: size, height: size, fit: 'squash' },
    layers: [
      { channels: 8, stride: 2 },
      { channels: 16, stride: 2 },
    ],
    dim: 12,
    seed: 4,
  });
  const shown = Array.from({ length: 9 }, (_, i) => noisyPicture(i, size));

  it.each(['float32', 'int8'] as const)('becomes a file that answers as its vectors say: %s', async (weights) => {
    await tf.setBackend('cpu');
    const rows = shown.map((samples) => forward(net, samples));
    // Noise looks much the same to a random net: what all have in common is taken away, so that scores differ.
    const mean = rows[0]!.map((_, k) => rows.reduce((sum, row) => sum + row[k]! / rows.length, 0));
    const data = Float32Array.from(rows.flatMap((row) => row.map((value, k) => value - 0.9 * mean[k]!)));
    const gallery = createGallery({
      vectors: l2Normalize(createVectors(data, net.dim)),
      ids: rows.map((_, i) => `${i}`),
      labels: rows.map((_, i) => `class ${i % 3}`),
    });
    const classifier = smallClassifier(gallery);
    const artifacts = await artifactsOf(net.toLayersModel() as never);
    const layers = convertLayers(artifacts, { preprocessing: net.preprocessing });
    const answers = await classifyInMediaPipe(exportTflite(classifier, layers, { weights }), shown, { side: size });
    answers.forEach((answer, i) => {
      const expected = referenceScores(rows[i]!, classifier);
      expect([...answer.keys()][0]).toBe(classifier.labels[expected.indexOf(Math.max(...expected))]);
      classifier.labels.forEach((label, c) => {
        expect(Math.abs((answer.get(label) ?? Number.NaN) - expected[c]!)).toBeLessThan(tolerance[weights]);
      });
    });
  });
});

describe('10,000 classes', () => {
  it('open and answer, in as many operators as ten', async () => {
    const [ten, many] = [10, 10_000].map((classes) => smallClassifier(randomGallery(classes, (c) => 1 + (c % 2))));
    const bytes = exportTflite(many!, base.bytes);
    expect(describeTflite(bytes).operators).toBe(describeTflite(exportTflite(ten!, base.bytes)).operators);
    const [answer] = await classifyInMediaPipe(bytes, pictures.slice(0, 1), { side });
    const expected = referenceScores(tinyEmbedding(base.weights, pictures[0]!), ten!);
    expect(answer!.size).toBe(10_000);
    ten!.labels.forEach((label, c) => {
      expect(Math.abs(answer!.get(label)! - expected[c]!)).toBeLessThan(tolerance.float32);
    });
  });
});

/** What the net makes of 8-bit samples, by tfjs. */
function forward({ preprocessing, forward: run }: ConvEmbedder, samples: Uint8Array): number[] {
  const { width, height, mean, std } = preprocessing;
  const input = Float32Array.from(samples, (value, i) => (value - mean[i % 3]!) / std[i % 3]!);
  return tf.tidy(() => {
    const rows = run(tf.tensor4d(input, [1, height, width, 3]), { training: false, seed: 0 });
    return [...(rows.dataSync() as Float32Array)];
  });
}

describe('a threshold', () => {
  it('keeps what is unknown out of the answers', async () => {
    const gallery = randomGallery(7, () => 1);
    const known = smallClassifier(gallery);
    const expected = referenceScores(tinyEmbedding(base.weights, pictures[0]!), known);
    const unknownBelow = [...expected].sort((a, b) => b - a)[2]! - 1e-4;
    const bytes = exportTflite(smallClassifier(gallery, { unknownBelow }), base.bytes);
    const [answer] = await classifyInMediaPipe(bytes, pictures.slice(0, 1), { side });
    expect(answer!.size).toBe(3);
  });
});
