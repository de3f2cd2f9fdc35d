import { createRng, NearkinError } from '@nearkin/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../../test/use-backend.js';
import { knnClassifier } from './knn-classifier.js';

const code = async (run: () => unknown) => {
  try {
    await run();
  } catch (error) {
    return error instanceof NearkinError ? error.code : String(error);
  }
  return 'fine';
};

for (const backend of ['cpu', 'wasm'] as const)
  describe(`knnClassifier on ${backend}`, () => {
    beforeAll(() => useBackend(backend));

    it('tells two classes of tensors apart, whatever their shape', async () => {
      const knn = knnClassifier();
      for (const x of [0, 1])
        knn.addExample(
          tf.tensor3d([
            [
              [x, 1],
              [0.1, 0.2],
            ],
          ]),
          0,
        );
      for (const x of [-5, -6])
        knn.addExample(
          tf.tensor3d([
            [
              [x, -1],
              [0.1, 0.2],
            ],
          ]),
          1,
        );
      const { label, classIndex, confidences } = await knn.predictClass(tf.tensor1d([-4, -1, 0, 0]));
      expect([label, classIndex]).toEqual(['1', 1]);
      expect(confidences).toEqual({ 0: 1 / 3, 1: 2 / 3 });
      expect(knn.getClassExampleCount()).toEqual({ 0: 2, 1: 2 });
      expect(knn.getNumClasses()).toBe(2);
      knn.dispose();
    });

    it('needs an example before it can predict', async () => {
      const knn = knnClassifier();
      expect(await code(() => knn.predictClass(tf.zeros([4])))).toBe('EMPTY_GALLERY');
      expect(knn.getNumClasses()).toBe(0);
    });

    it('takes numbers that skip and any string as labels', async () => {
      const knn = knnClassifier();
      knn.addExample(tf.tensor1d([1, 0]), 7);
      knn.addExample(tf.tensor1d([0, 1]), '__proto__');
      knn.addExample(tf.tensor1d([-1, -1]), 3);
      expect(await knn.predictClass(tf.tensor1d([0, 2]), 1)).toEqual({
        label: '__proto__',
        classIndex: 1,
        confidences: Object.fromEntries([
          ['7', 0],
          ['__proto__', 1],
          ['3', 0],
        ]),
      });
      expect(Object.entries(knn.getClassExampleCount())).toContainEqual(['__proto__', 1]);
    });

    it('clears one class or all, and holds no tensors then', async () => {
      const before = tf.memory().numTensors;
      const knn = knnClassifier();
      const examples = [tf.tensor1d([1, 0]), tf.tensor1d([0, 1])];
      for (const [i, example] of examples.entries()) knn.addExample(example, i);
      const query = tf.tensor1d([1, 0.1]);
      expect((await knn.predictClass(query)).label).toBe('0');
      knn.clearClass(0);
      expect((await knn.predictClass(query)).label).toBe('1');
      expect(await code(() => knn.clearClass(0))).toBe('UNKNOWN_LABEL');
      knn.getClassifierDataset();
      knn.clearAllClasses();
      expect(knn.getClassExampleCount()).toEqual({});
      expect(tf.memory().numTensors).toBe(before + 3);
      // After clearing everything another size is welcome.
      knn.addExample(tf.zeros([5]), 'x');
      knn.clearClass('x');
      expect(await code(() => knn.predictClass(query))).toBe('EMPTY_GALLERY');
    });

    it('leaks nothing however often it is asked and extended', async () => {
      const knn = knnClassifier();
      const example = tf.randomNormal([8], 0, 1, 'float32', 1);
      knn.addExample(example, 'a');
      await knn.predictClass(example);
      const held = tf.memory().numTensors;
      for (let i = 0; i < 100; i++) {
        knn.addExample(example, 'b');
        await knn.predictClass(example);
      }
      expect(tf.memory().numTensors).toBe(held);
    });

    it('gives its dataset out and takes it back, labels and all', async () => {
      const knn = knnClassifier();
      const rng = createRng(4);
      for (let i = 0; i < 12; i++)
        knn.addExample(tf.tensor1d(Array.from({ length: 6 }, () => rng.normal())), ['x', 'y', 'z'][i % 3]!);
      const dataset = knn.getClassifierDataset();
      expect(dataset['x']!.shape).toEqual([4, 6]);
      const other = knnClassifier();
      other.setClassifierDataset(dataset);
      const query = tf.tensor1d(Array.from({ length: 6 }, () => rng.normal()));
      const expected = await knn.predictClass(query);
      expect(await other.predictClass(query)).toEqual(expected);
      other.addExample(query, 'x');
      knn.setClassifierDataset(knn.getClassifierDataset());
      expect(await knn.predictClass(query)).toEqual(expected);
      knn.dispose();
      other.dispose();
    });

    it('is right with one example a class and the default k', async () => {
      for (const classes of [3, 10, 50]) {
        const knn = knnClassifier();
        const rng = createRng(classes);
        const centres = Array.from({ length: classes }, () => Array.from({ length: 32 }, () => rng.normal()));
        for (const [c, centre] of centres.entries()) knn.addExample(tf.tensor1d(centre), c);
        for (const [c, centre] of centres.entries()) {
          const { label } = await knn.predictClass(tf.tensor1d(centre.map((v) => v + 0.1 * rng.normal())));
          expect(label).toBe(String(c));
        }
        knn.dispose();
      }
    });

    it('names bad input and keeps what it has', async () => {
      const knn = knnClassifier();
      knn.addExample(tf.tensor1d([1, 0]), 'a');
      expect(await code(() => knn.addExample(tf.tensor1d([1, 0, 0]), 'a'))).toBe('DIMENSION_MISMATCH');
      expect(await code(() => knn.addExample(tf.tensor1d([Number.NaN, 0]), 'a'))).toBe('NON_FINITE');
      expect(await code(() => knn.predictClass(tf.tensor1d([1])))).toBe('DIMENSION_MISMATCH');
      expect(await code(() => knn.predictClass(tf.tensor1d([1, 1]), 0))).toBe('INVALID_ARGUMENT');
      expect(await code(() => knnClassifier({ k: 0 }))).toBe('INVALID_ARGUMENT');
      expect(await code(() => knn.setClassifierDataset({ a: tf.zeros([1, 2]), b: tf.zeros([1, 3]) }))).toBe(
        'DIMENSION_MISMATCH',
      );
      expect(knn.getClassExampleCount()).toEqual({ a: 1 });
      knn.dispose();
      expect(await code(() => knn.addExample(tf.tensor1d([1, 0]), 'a'))).toBe('DISPOSED');
      expect(await code(() => knn.predictClass(tf.tensor1d([1, 0])))).toBe('DISPOSED');
    });
  });
