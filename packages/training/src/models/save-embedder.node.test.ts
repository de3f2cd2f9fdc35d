import '@tensorflow/tfjs-backend-cpu';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { l2Normalize } from '@nearkin/core';
import { loadImageEmbedder } from '@nearkin/embedders';
import { memory, setBackend, tensor4d, tidy } from '@tensorflow/tfjs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { randomPicture } from '../../../embedders/test/small-models.js';
import { attachHead } from './attach-head.js';
import { createConvEmbedder } from './conv-embedder.js';
import { createHead } from './head.js';
import { saveEmbedder } from './save-embedder.js';

let root: string;
beforeAll(async () => {
  await setBackend('cpu');
  root = await mkdtemp(join(tmpdir(), 'nearkin-save-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const bytesIn = async (folder: string) =>
  (await Promise.all((await readdir(folder)).map(async (name) => (await stat(join(folder, name))).size))).reduce(
    (a, b) => a + b,
    0,
  );

it('saves a model of pictures that embedders open, in a quarter of the size if wanted', async () => {
  const model = createConvEmbedder({
    preprocessing: { width: 8, height: 8 },
    dim: 16,
    layers: [
      { channels: 24, stride: 2 },
      { channels: 32, stride: 2 },
    ],
  });
  const before = memory().numTensors;
  const id = await saveEmbedder(model, join(root, 'plain'));
  const smallId = await saveEmbedder(model, join(root, 'small'), { quantize: 'uint8' });
  expect(memory().numTensors).toBe(before);
  expect(smallId).not.toBe(id);
  const pictures = [1, 2, 3].map((seed) => randomPicture(seed));
  const embedder = await loadImageEmbedder(join(root, 'plain'));
  expect(embedder.id).toBe(id);
  expect(embedder.preprocessing).toEqual(model.preprocessing);
  const wanted = tidy(() => {
    const { mean, std } = model.preprocessing;
    const samples = pictures.flatMap(({ data }) => [...data].map((value, i) => (value - mean[i % 3]!) / std[i % 3]!));
    return model.forward(tensor4d(samples, [3, 8, 8, 3]), { training: false, seed: 0 }).dataSync();
  });
  const found = l2Normalize(await embedder.embed(pictures)).data;
  found.forEach((value, i) => {
    expect(Math.abs(value - wanted[i]!)).toBeLessThan(1e-5);
  });
  const small = await loadImageEmbedder(join(root, 'small'));
  const rounded = l2Normalize(await small.embed(pictures)).data;
  rounded.forEach((value, i) => {
    expect(Math.abs(value - wanted[i]!)).toBeLessThan(0.05);
  });
  expect(await bytesIn(join(root, 'small'))).toBeLessThan(0.6 * (await bytesIn(join(root, 'plain'))));

  const head = createHead({ inputDim: 16, dim: 4, seed: 3 });
  const joined = await attachHead(small, head);
  expect(await saveEmbedder(joined, join(root, 'joined'))).toBe(joined.id);
  const again = await loadImageEmbedder(join(root, 'joined'));
  expect((await again.embed(pictures)).data).toEqual((await joined.embed(pictures)).data);
  for (const each of [model, embedder, small, head, joined, again]) each.dispose();
});
