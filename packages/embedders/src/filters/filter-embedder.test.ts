import { embedGallery, l2Normalize } from '@nearkin/core';
import '@tensorflow/tfjs-backend-cpu';
import { memory, setBackend } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { wavyPicture } from '../../test/small-models.js';
import { loadImageEmbedder } from '../image/load-image-embedder.js';
import { embedderMetadata } from '../image/save-embedder.js';
import { modelFiles } from '../models/model-files.js';
import { createFilterEmbedder } from './filter-embedder.js';
import { directionKernel, edgeKernel, hatKernel, rampKernel } from './filter-kernels.js';

beforeAll(() => setBackend('cpu'));

describe('createFilterEmbedder', () => {
  it('gives the same numbers on every host', async () => {
    const embedder = createFilterEmbedder();
    const { data, dim } = await embedder.embed([wavyPicture(120, 90)]);
    expect(dim).toBe(465);
    const sample = [0, 1, 100, 293, 294, 347, 348, 356, 460, 464].map((i) => data[i]!);
    // From Node on the cpu backend; Chromium must agree.
    const expected = [0.554949, 0.455157, 0, 0.50409, 0.647618, 0.603803, 0.446697, 0, 0.000224, 0];
    for (const [i, value] of sample.entries()) expect(value).toBeCloseTo(expected[i]!, 4);
    embedder.dispose();
  });

  it('puts a picture nearer to itself in other contrast and size than to another', async () => {
    const embedder = createFilterEmbedder();
    const wave = wavyPicture(120, 90);
    const pale = { ...wave, data: wave.data.map((value) => 40 + value * 0.7) };
    const turned = wavyPicture(90, 120);
    const mirrored = {
      ...turned,
      data: turned.data.map(
        (_, i) => turned.data[(Math.floor(i / 270) * 90 + 89 - (Math.floor(i / 3) % 90)) * 3 + (i % 3)]!,
      ),
    };
    const { data, dim } = l2Normalize(await embedder.embed([wave, pale, wavyPicture(240, 180), mirrored]));
    const cosine = (other: number) =>
      data.slice(0, dim).reduce((sum, value, i) => sum + value * data[other * dim + i]!, 0);
    expect(cosine(1)).toBeGreaterThan(cosine(3));
    expect(cosine(2)).toBeGreaterThan(cosine(3));
    embedder.dispose();
  });

  it('is saved as a plain model and opened as the same embedder', async () => {
    const embedder = createFilterEmbedder();
    const { model } = embedder;
    if (model.kind !== 'layers') throw new TypeError('kind');
    const files = modelFiles(model.artifacts!, { metadata: { embedder: embedderMetadata(embedder) } });
    const again = await loadImageEmbedder(files);
    expect([again.id, again.dim, again.preprocessing]).toEqual([embedder.id, embedder.dim, embedder.preprocessing]);
    const picture = wavyPicture(50, 60);
    expect(await again.embed([picture])).toEqual(await embedder.embed([picture]));
  });

  it('frees everything, and says so afterwards', async () => {
    const before = memory().numTensors;
    const embedder = createFilterEmbedder();
    await embedGallery(embedder, [{ id: 'a', input: wavyPicture(9, 9) }]);
    expect(memory().numTensors).toBeGreaterThan(before);
    embedder.dispose();
    embedder.dispose();
    expect(memory().numTensors).toBe(before);
    await expect(embedder.embed([wavyPicture(9, 9)])).rejects.toMatchObject({ code: 'DISPOSED' });
  });
});

describe('filter kernels', () => {
  it('answer 1 to a step edge and 0 to an even area', () => {
    const { values, shape } = edgeKernel(4);
    const answer = (out: number, picture: (x: number) => number) => {
      let sum = 0;
      for (let p = 0; p < 49; p++)
        for (let c = 0; c < 3; c++) sum += values[(p * 3 + c) * shape[3] + out]! * picture((p % 7) - 3);
      return sum;
    };
    expect(shape[3]).toBe(24);
    for (let out = 0; out < 24; out++) expect(answer(out, () => 1)).toBeCloseTo(0, 6);
    // Direction 0 is across a vertical edge, direction 2 along it; the second half has the other polarity.
    expect(answer(0, (x) => (x > 0 ? 1 : 0))).toBeCloseTo(1, 5);
    expect(answer(12, (x) => (x > 0 ? 1 : 0))).toBeCloseTo(-1, 5);
    expect(answer(2, (x) => (x > 0 ? 1 : 0))).toBeCloseTo(0, 6);
  });

  it('leave nothing of edges that are equal in all directions', () => {
    const { values, shape } = directionKernel(6, 20);
    for (let d = 0; d < 6; d++) {
      let sum = 0;
      for (let i = 0; i < shape[2]; i++) sum += values[i * 6 + d]!;
      expect(sum).toBeCloseTo(0, 4);
    }
  });

  it('share lightness out among hats that add up to 1', () => {
    const ramps = rampKernel(5);
    const hats = hatKernel(5);
    for (const lightness of [0, 0.1, 0.25, 0.6, 1]) {
      const rises = [...ramps.bias!].map((bias) => Math.max(0, lightness + bias));
      const shares = Array.from({ length: 5 }, (_, i) =>
        rises.reduce((sum, rise, k) => sum + rise * hats.values[k * 5 + i]!, 0),
      );
      expect(shares.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
      expect(Math.min(...shares)).toBeGreaterThan(-1e-6);
    }
  });
});
