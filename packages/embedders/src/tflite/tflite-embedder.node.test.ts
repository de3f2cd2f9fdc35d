import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRng, NearkinError } from '@nearkin/core';
import { describe, expect, it } from 'vitest';
import { describeWithData } from '../../../../testing/shared-data.js';
import { loadImageEmbedder } from '../image/load-image-embedder.js';
import { loadTfliteEmbedder } from './load-tflite-embedder.js';
import { readTfliteFile } from './tflite-file.js';

const environment = process.env;
/** `NEARKIN_MUTATIONS=20000` for the long run. */
const mutations = Number(environment['NEARKIN_MUTATIONS'] ?? 400);

const cosine = (a: ArrayLike<number>, b: ArrayLike<number>) => {
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    ab += a[i]! * b[i]!;
    aa += a[i]! * a[i]!;
    bb += b[i]! * b[i]!;
  }
  return ab / Math.sqrt(aa * bb);
};

describeWithData('.tflite models as embedders', ['tflite-golden'], ([golden]) => {
  const file = (name: string) => join(golden!, name);
  const float = file('mobilenet_v1_0.25_224_1_default_1.tflite');
  const quantised = file('mobilenet_v1_0.25_224_quant.tflite');
  const burger = file('burger.jpg');

  it('embed with what the classifier head reads, float and quantised alike', async () => {
    using embedder = await loadImageEmbedder(float);
    expect(embedder).toMatchObject({
      dim: 256,
      preprocessing: { width: 224, height: 224, mean: [127.5, 127.5, 127.5] },
      tflite: { embedding: 'MobilenetV1/Logits/AvgPool_1a/AvgPool' },
    });
    using small = await loadImageEmbedder(new Uint8Array(readFileSync(quantised)));
    expect(small.dim).toBe(256);
    const a = await embedder.embed([burger, file('burger_crop.jpg')]);
    const b = await small.embed([burger, file('burger_crop.jpg')]);
    // The same network, trained to be rounded; another picture of it is farther.
    expect(cosine(a.data.subarray(0, 256), a.data.subarray(256))).toBeGreaterThan(0.95);
    expect(b.data.some((value) => value > 0 && !Number.isInteger(value))).toBe(true);
    expect(cosine(b.data.subarray(0, 256), b.data.subarray(256))).toBeGreaterThan(0.95);
    expect(embedder.id).toMatch(/^tflite-256-[0-9a-f]{32}$/);
    expect(embedder.id).not.toBe(small.id);
    // The globals that start the runtime are gone.
    expect('importScripts' in globalThis).toBe(false);
  });

  it.each([
    ['float', 'mobilenet_v1_0.25_224_1_default_1.tflite'],
    ['quantised', 'mobilenet_v1_0.25_224_quant.tflite'],
  ])('know a cheeseburger: %s', async (_, name) => {
    using classes = await loadTfliteEmbedder(file(name), { layer: 'MobilenetV1/Predictions/Reshape_1' });
    const { data } = await classes.embed([burger]);
    // ImageNet's class 933, behind a background class.
    expect(data.indexOf(Math.max(...data))).toBe(934);
    expect(data.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 1);
  });

  it('say what they cannot do', async () => {
    await expect(loadTfliteEmbedder(float, { layer: 'nowhere' })).rejects.toMatchObject({ code: 'UNKNOWN_LAYER' });
    await expect(loadTfliteEmbedder(file('nowhere.tflite'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(loadTfliteEmbedder(file('regex_searcher.tflite'))).rejects.toMatchObject({ code: 'UNSUPPORTED' });
    await expect(loadTfliteEmbedder(Uint8Array.of(1, 2, 3))).rejects.toMatchObject({ code: 'BAD_FORMAT' });
    const embedder = await loadTfliteEmbedder(float);
    embedder.dispose();
    await expect(embedder.embed([burger])).rejects.toMatchObject({ code: 'DISPOSED' });
  });

  it(`are refused or read after ${mutations} kinds of damage`, { timeout: 3_600_000 }, () => {
    const bytes = new Uint8Array(readFileSync(quantised));
    const rng = createRng(1);
    let refused = 0;
    // The tables stand at the end and the start of the file, weights between.
    const tables = 40_000;
    for (let i = 0; i < mutations; i++) {
      const damaged = bytes.slice();
      const view = new DataView(damaged.buffer);
      for (let n = 0; n < 8; n++) {
        const at = 4 * rng.integer(tables / 4);
        const place = rng.integer(2) === 0 ? at : damaged.length - (damaged.length % 4) - 4 - at;
        view.setUint32(place, rng.integer(3) === 0 ? 0xffffffff : rng.integer(damaged.length), true);
      }
      try {
        const model = readTfliteFile(damaged, 'damaged');
        model.withOutput(model.embedding(undefined));
      } catch (error) {
        if (!(error instanceof NearkinError)) throw error;
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(mutations / 20);
  });
});

describe('a source', () => {
  it('that is no .tflite is not taken for one', async () => {
    await expect(loadImageEmbedder('nowhere/model.json')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
