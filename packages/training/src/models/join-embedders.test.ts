import { createPicture, createRng, type Picture } from '@nearkin/core';
import {
  createImageEmbedder,
  embedderMetadata,
  type ImageEmbedder,
  loadImageEmbedder,
  modelFiles,
  preprocess,
  quantizeEmbedder,
} from '@nearkin/embedders';
import { memory, tensor4d, tidy } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../test/start-backend.js';
import { createConvEmbedder } from './conv-embedder.js';
import { joinEmbedders } from './join-embedders.js';

beforeAll(() => startBackend('cpu'));

const net = {
  preprocessing: { width: 12, height: 12, colorOrder: 'gray', center: 'mass', background: [0, 0, 0] },
  layers: [
    { channels: 8, stride: 2 },
    { channels: 16, stride: 2 },
  ],
  dim: 20,
} as const;
const towers = () => [1, 2, 3].map((seed) => createConvEmbedder({ ...net, seed }));
const pictures: Picture[] = [1, 2, 3, 4, 5].map((seed) => {
  const rng = createRng(seed);
  const data = Uint8Array.from({ length: 12 * 12 * 3 }, () => (rng.uniform() < 0.3 ? rng.integer(256) : 0));
  return createPicture({ data, width: 12, height: 12, channels: 3 });
});
const open = (models = towers()): ImageEmbedder => {
  const { preprocessing, toLayersModel } = joinEmbedders(models);
  return createImageEmbedder({ kind: 'layers', model: toLayersModel() }, { preprocessing, ownsModel: true });
};

/** Cosines of all pairs of rows. */
function cosines(data: ArrayLike<number>, dim: number): number[] {
  const row = (i: number) => Array.from({ length: dim }, (_, d) => data[i * dim + d]!);
  return pictures.flatMap((_, i) =>
    pictures.map((__, j) => {
      const [a, b] = [row(i), row(j)];
      return a.reduce((sum, value, d) => sum + value * b[d]!, 0) / (Math.hypot(...a) * Math.hypot(...b));
    }),
  );
}

describe('joinEmbedders', () => {
  it.each(['cpu', 'wasm'] as const)('gives the mean of the cosines of its models, on %s', async (backend) => {
    await startBackend(backend);
    const models = towers();
    const alone = models.map((model) =>
      tidy(() => {
        const inputs = tensor4d(preprocess(pictures, model.preprocessing), [pictures.length, 12, 12, 1]);
        return cosines(model.forward(inputs, { training: false, seed: 0 }).dataSync(), 20);
      }),
    );
    const joined = open(models);
    const { data, dim } = await joined.embed(pictures);
    expect(dim).toBe(3 * 21);
    const got = cosines(data, dim);
    for (const [i, value] of got.entries())
      expect(value).toBeCloseTo(alone.reduce((sum, one) => sum + one[i]!, 0) / 3, 4);
    // The models differ, or the mean would say nothing.
    expect(Math.abs(alone[0]![1]! - alone[1]![1]!)).toBeGreaterThan(1e-3);
    for (let i = 0; i < pictures.length; i++)
      for (let t = 0; t < 3; t++) {
        const part = data.subarray(i * dim + t * 21, i * dim + (t + 1) * 21);
        expect(Math.hypot(...part)).toBeCloseTo(Math.sqrt(21), 3);
      }
    await startBackend('cpu');
  });

  it('is saved and opened as the same embedder, without code of ours in it', async () => {
    const joined = open();
    if (joined.model.kind !== 'layers') throw new Error('kind');
    const files = modelFiles(joined.model.artifacts!, { metadata: { embedder: embedderMetadata(joined) } });
    const again = await loadImageEmbedder(files);
    expect(again.id).toBe(joined.id);
    expect(await again.embed(pictures)).toEqual(await joined.embed(pictures));
    const kinds = new Set(joined.model.model.layers.map((layer) => layer.getClassName()));
    expect([...kinds].sort()).toEqual([
      'Concatenate',
      'Conv2D',
      'Dense',
      'Flatten',
      'InputLayer',
      'LayerNormalization',
    ]);
  });

  it('gives the same numbers on every host and backend', async () => {
    for (const backend of ['cpu', 'wasm'] as const) {
      await startBackend(backend);
      const small = await quantizeEmbedder(open(), 'uint8');
      const { data } = await small.embed(pictures);
      expect([0, 21, 42, 62].map((i) => data[i]!.toFixed(3))).toEqual(['-1.614', '-0.577', '0.400', '1.035']);
    }
    await startBackend('cpu');
  });

  it('keeps its directions when its weights are stored in a byte each', async () => {
    const joined = open();
    const small = await quantizeEmbedder(joined, 'uint8');
    expect(small.id).not.toBe(joined.id);
    const [exact, rough] = [await joined.embed(pictures), await small.embed(pictures)];
    const [a, b] = [cosines(exact.data, exact.dim), cosines(rough.data, rough.dim)];
    const worst = Math.max(...a.map((value, i) => Math.abs(value - b[i]!)));
    expect(worst).toBeGreaterThan(0);
    expect(worst).toBeLessThan(0.02);
  });

  it('maps a picture without ink to zeros, not to NaN', async () => {
    const blank = createPicture({ data: new Uint8Array(12 * 12 * 3), width: 12, height: 12, channels: 3 });
    const zeroed = { ...net, preprocessing: { ...net.preprocessing, mean: [0, 0, 0] as const } };
    const { data } = await open([createConvEmbedder({ ...zeroed, seed: 1 })]).embed([blank]);
    expect(data.every((value) => value === 0)).toBe(true);
  });

  it('joins one model too, and refuses none or models that see differently', () => {
    expect(joinEmbedders(towers().slice(0, 1)).dim).toBe(21);
    expect(() => joinEmbedders([])).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
    const other = createConvEmbedder({ ...net, preprocessing: { ...net.preprocessing, fit: 'pad' } });
    expect(() => joinEmbedders([...towers(), other])).toThrow(/preprocess/);
  });

  it('leaves the models as they are, and no tensors behind', () => {
    const models = towers();
    const before = memory().numTensors;
    open(models).dispose();
    expect(memory().numTensors).toBe(before);
  });
});
