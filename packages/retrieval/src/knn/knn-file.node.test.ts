import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { useBackend } from '../../test/use-backend.js';
import { knnClassifier } from './knn-classifier.js';

beforeAll(() => useBackend('cpu'));

it('saves and loads examples and labels', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'nearkin-knn-'));
  const knn = knnClassifier();
  await expect(knn.save(folder)).rejects.toMatchObject({ code: 'EMPTY_GALLERY' });
  for (const [i, label] of ['b', '2', '1', '__proto__'].entries()) knn.addExample(tf.oneHot(i, 4), label);
  await knn.save(folder);
  const loaded = knnClassifier();
  await loaded.load(folder);
  for (let i = 0; i < 4; i++)
    expect(await loaded.predictClass(tf.oneHot(i, 4))).toEqual(await knn.predictClass(tf.oneHot(i, 4)));
  loaded.addExample(tf.oneHot(0, 4), 'new');
  expect(loaded.getNumClasses()).toBe(5);
  const files = (format: string, version: number) =>
    new Map([['knn.json', new TextEncoder().encode(JSON.stringify({ format, version, gallery: 'x' }))]]);
  await expect(loaded.load(files('other', 1))).rejects.toMatchObject({ code: 'BAD_FORMAT' });
  await expect(loaded.load(files('nearkin-knn', 2))).rejects.toMatchObject({ code: 'UNSUPPORTED_VERSION' });
  await expect(loaded.load(files('nearkin-knn', 1))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(loaded.getNumClasses()).toBe(5);
  await rm(folder, { recursive: true });
});
