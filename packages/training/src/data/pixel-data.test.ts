import { createPicture, createRng, NearkinError, type Picture } from '@nearkin/core';
import { createPreprocessing, preprocess } from '@nearkin/embedders';
import { memory } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../test/start-backend.js';
import { createAugmentation } from './augmentation.js';
import { pictureData } from './picture-data.js';
import { pixelData } from './pixel-data.js';

beforeAll(() => startBackend('cpu'));

const drawing = (seed: number, width = 9, height = 9): Picture => {
  const rng = createRng(seed);
  const data = Uint8Array.from({ length: width * height * 3 }, () => (rng.uniform() < 0.4 ? rng.integer(256) : 20));
  return createPicture({ data, width, height, channels: 3 });
};
const kinds = [
  createPreprocessing({ width: 9, height: 9 }),
  createPreprocessing({ width: 9, height: 9, colorOrder: 'bgr', mean: [10, 20, 30], std: [1, 2, 3] }),
  createPreprocessing({
    width: 9,
    height: 9,
    colorOrder: 'gray',
    center: 'mass',
    background: [20, 20, 20],
    mean: [10, 20, 30],
  }),
  createPreprocessing({ width: 9, height: 9, center: 'mass', background: [20, 20, 20] }),
];
const items = (count: number) =>
  Array.from({ length: count }, (_, i) => ({
    id: `picture ${i}`,
    label: `class ${Math.floor(i / 2)}`,
    input: drawing(i),
  }));
const plain = { augment: false, rng: createRng(0) };
const valuesOf = async (data: Awaited<ReturnType<typeof pictureData>>, samples: number[], options = plain) => {
  const batch = await data.batch(samples, options);
  const values = batch.dataSync();
  batch.dispose();
  return values;
};

describe('pictureData', () => {
  it.each(kinds)('gives the model what an embedder would give it: %j', async (preprocessing) => {
    const data = await pictureData(items(5), { preprocessing });
    const batch = await data.batch([4, 0, 4], plain);
    const channels = preprocessing.colorOrder === 'gray' ? 1 : 3;
    expect(batch.shape).toEqual([3, 9, 9, channels]);
    expect(data.shape).toEqual([9, 9, channels]);
    const expected = preprocess([drawing(4), drawing(0), drawing(4)], preprocessing);
    // Grey is rounded to 8 bits, and with it its centre.
    const tolerance = channels === 1 ? 0.01 : 1e-4;
    batch.dataSync().forEach((value, i) => {
      expect(Math.abs(value - expected[i]!)).toBeLessThan(tolerance);
    });
  });

  it('numbers classes in the order of their pictures', async () => {
    const { labels, labelNames } = await pictureData(items(5), { preprocessing: kinds[0]! });
    expect([...labels]).toEqual([0, 0, 1, 1, 2]);
    expect(labelNames).toEqual(['class 0', 'class 1', 'class 2']);
  });

  it('reads again what the cache has no room for, with the same result', async () => {
    let reads = 0;
    const counted = items(6).map(({ input, ...item }) => ({
      ...item,
      input: async () => {
        reads++;
        return input;
      },
    }));
    const roomy = await pictureData(counted, { preprocessing: kinds[3]! });
    expect(reads).toBe(6);
    const tight = await pictureData(counted, { preprocessing: kinds[3]!, cacheBytes: 2.5 * 243 });
    const before = reads;
    expect(await valuesOf(tight, [0, 1, 2, 5])).toEqual(await valuesOf(roomy, [0, 1, 2, 5]));
    expect(reads - before).toBe(2);
  });

  it('leaves broken pictures out and reports them, or ends', async () => {
    const broken = {
      id: 'broken',
      label: 'class 0',
      input: () => Promise.reject(new NearkinError('BAD_PICTURE', 'Not a picture.')),
    };
    const listed = [...items(2), broken, { id: 'text', label: 'class 0', input: 'a.png' }];
    const seen: string[] = [];
    const progress: number[] = [];
    const data = await pictureData(listed, {
      preprocessing: kinds[0]!,
      onError: ({ code }, { id }) => seen.push(`${id} ${code}`),
      onProgress: ({ done, total }) => progress.push(done, total!),
    });
    expect(data.labels).toHaveLength(2);
    expect(seen).toEqual(['broken BAD_PICTURE', 'text INVALID_ARGUMENT']);
    expect(progress).toEqual([4, 4]);
    const { preprocessing } = { preprocessing: kinds[0]! };
    await expect(pictureData(listed, { preprocessing })).rejects.toMatchObject({ code: 'BAD_PICTURE' });
    await expect(pictureData([broken], { preprocessing, onError() {} })).rejects.toMatchObject({
      code: 'EMPTY_GALLERY',
    });
    await expect(pictureData([], { preprocessing })).rejects.toMatchObject({ code: 'EMPTY_GALLERY' });
    const unlabelled = [{ id: 'a', input: drawing(1) }];
    await expect(pictureData(unlabelled, { preprocessing })).rejects.toMatchObject({ code: 'UNKNOWN_LABEL' });
    const signal = AbortSignal.abort();
    await expect(pictureData(items(2), { preprocessing, signal })).rejects.toMatchObject({ code: 'ABORTED' });
  });
});

describe('pixelData', () => {
  const samples = Uint8Array.from({ length: 4 * 81 }, (_, i) => (i * 37) % 256);
  const labels = ['a', 'b', 'a', 'b'];
  const preprocessing = kinds[2]!;

  it('varies pictures from the given source of chance, and only when asked', async () => {
    const augmentation = createAugmentation({ rotate: 30, shift: 1 });
    const data = pixelData({ samples, labels }, { preprocessing, augmentation });
    const draw = (seed: number) => valuesOf(data, [0, 1], { augment: true, rng: createRng(seed) });
    expect(await draw(1)).toEqual(await draw(1));
    expect(await draw(1)).not.toEqual(await draw(2));
    const still = await valuesOf(data, [0, 1]);
    expect(await valuesOf(data, [0, 1])).toEqual(still);
    expect(await draw(1)).not.toEqual(still);
    const calm = pixelData({ samples, labels }, { preprocessing });
    expect(await valuesOf(calm, [0, 1], { augment: true, rng: createRng(5) })).toEqual(still);
  });

  it('interpolates once: centring and augmentation are one map', async () => {
    // Moving a single bright pixel by halves twice would spread it over nine, once over four.
    const lone = new Uint8Array(81).fill(20);
    lone[3 * 9 + 5] = 220;
    const whole = createPreprocessing({ ...preprocessing, mean: [0, 0, 0], std: [1, 1, 1] });
    const augmentation = createAugmentation({ shift: 0.5 });
    const data = pixelData({ samples: lone, labels: ['a'] }, { preprocessing: whole, augmentation });
    for (let seed = 0; seed < 20; seed++) {
      const values = await valuesOf(data, [0], { augment: true, rng: createRng(seed) });
      expect(values.filter((value) => Math.abs(value - 20) > 1e-3).length).toBeLessThanOrEqual(4);
    }
  });

  it('refuses samples that do not fit, and samples that there are not', async () => {
    expect(() => pixelData({ samples, labels: ['a'] }, { preprocessing })).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
    expect(() => pixelData({ samples: new Uint8Array(), labels: [] }, { preprocessing })).toThrow(
      expect.objectContaining({ code: 'EMPTY_GALLERY' }),
    );
    const data = pixelData({ samples, labels }, { preprocessing });
    for (const bad of [-1, 4, 0.5])
      await expect(data.batch([0, bad], plain)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  it('leaves nothing behind but the batch', async () => {
    const data = pixelData({ samples, labels }, { preprocessing });
    const before = memory().numTensors;
    const batch = await data.batch([0, 1], plain);
    expect(memory().numTensors).toBe(before + 1);
    batch.dispose();
  });
});
