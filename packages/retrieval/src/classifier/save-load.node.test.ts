import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NearkinError, openBundle, readGallery } from '@nearkin/core';
import { readModelArtifacts } from '@nearkin/embedders';
import * as tf from '@tensorflow/tfjs-core';
import { loadLayersModel } from '@tensorflow/tfjs-layers';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { toyGallery, vectorEmbedder } from '../../test/toy-gallery.js';
import { toyImageEmbedder, toyPictureGallery, toyPictures } from '../../test/toy-image-embedder.js';
import { useBackend } from '../../test/use-backend.js';
import { withChecksum } from '../files/classifier-metadata.js';
import { registerRetrievalLayers } from '../layers/register-retrieval-layers.js';
import { buildClassifier } from './build-classifier.js';
import { loadClassifier } from './load-classifier.js';

const labels = ['a', 'b', 'b', '__proto__', 'a', 'a', 'a', '', 'b'];
const code = (promise: Promise<unknown>) =>
  promise.then(
    () => 'fine',
    (error) => (error instanceof NearkinError ? error.code : String(error)),
  );

describe('saving and loading', () => {
  let folder: string;
  beforeAll(() => useBackend('wasm'));
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nearkin retrieval '));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  for (const quantize of ['none', 'int8'] as const)
    for (const aggregation of ['max', 'mean', 'topM', 'softmax', 'prototype'] as const)
      it(`${aggregation}, ${quantize}: a round trip is exact, and plain tfjs gives the same scores`, async () => {
        const embedder = toyImageEmbedder();
        const built = buildClassifier(embedder, await toyPictureGallery(embedder, labels), {
          aggregation,
          quantize,
          m: 2,
          unknownBelow: new Map([['__proto__', 0.9]]),
          metadata: { name: 'Toys', license: 'CC0-1.0' },
        });
        await built.save(folder);
        const loaded = await loadClassifier(folder);
        const pictures = toyPictures(5);
        const expected = await built.classifyBatch(pictures, { k: 4 });
        expect(await loaded.classifyBatch(pictures, { k: 4 })).toEqual(expected);
        expect(loaded.gallery).toEqual(built.gallery);
        expect(loaded.settings).toEqual(built.settings);
        expect(loaded.labels).toEqual(['a', 'b', '__proto__', '']);

        registerRetrievalLayers();
        const artifacts = await readModelArtifacts((await openBundle(folder)).bundle);
        const plain = await loadLayersModel(tf.io.fromMemory(artifacts));
        const input = tf.tensor4d(
          pictures.flatMap((picture) => Array.from(picture.data, (v) => v / 127.5 - 1)),
          [5, 8, 8, 3],
        );
        const scores = (plain.predict(input) as tf.Tensor2D).arraySync();
        expected.forEach((answer, i) => {
          for (const { label, score } of answer) expect(scores[i]![built.labels.indexOf(label)]).toBeCloseTo(score, 5);
        });
        built.dispose();
        loaded.dispose();
        embedder.dispose();
      });

  it('stores int8 codes in one byte each', async () => {
    const embedder = vectorEmbedder(64);
    const gallery = toyGallery({ labels: ['a', 'b'], sizes: [500], dim: 64 });
    const sizes = [];
    for (const quantize of ['none', 'int8'] as const) {
      const path = join(folder, quantize);
      await buildClassifier(embedder, gallery, { quantize }).save(path);
      const name = (await readdir(path)).find((file) => file.startsWith('gallery-'))!;
      sizes.push((await readFile(join(path, name))).length);
    }
    expect(sizes[0]! - sizes[1]!).toBeGreaterThan(3 * 64 * 1000 - 1000);
  });

  it('asks for the embedder when it was a function, and sweeps what an older save left', async () => {
    const embedder = vectorEmbedder(16);
    const classifier = buildClassifier(
      embedder,
      toyGallery({ labels: ['a', 'b', 'c'], sizes: [3], modelId: 'vectors' }),
    );
    await classifier.save(folder);
    classifier.removeClass('a');
    await classifier.save(folder);
    expect((await readdir(folder)).length).toBe(2);
    expect(await code(loadClassifier(folder))).toBe('EMBEDDER_NEEDED');
    expect(await code(loadClassifier(folder, { embedder: vectorEmbedder(16, 'other') }))).toBe('MODEL_MISMATCH');
    expect(await code(loadClassifier(folder, { embedder: vectorEmbedder(8) }))).toBe('DIMENSION_MISMATCH');
    const loaded = await loadClassifier(folder, { embedder });
    expect(loaded.gallery).toEqual(classifier.gallery);
    expect(readGallery(await readFile(join(folder, (await readdir(folder)).find((f) => f.startsWith('g'))!)))).toEqual(
      classifier.gallery,
    );
  });

  it('keeps the old classifier when writing the new one fails', async () => {
    const classifier = buildClassifier(vectorEmbedder(16), toyGallery({ labels: ['a', 'b'], sizes: [2] }));
    const target = join(folder, 'model');
    await classifier.save(target);
    const before = classifier.gallery;
    classifier.renameClass('a', 'z');
    const blocked = join(target, 'model.json');
    const json = await readFile(blocked);
    await rm(blocked);
    // A folder in the place of model.json makes the last step, the rename, fail.
    const { mkdir } = await import('node:fs/promises');
    await mkdir(join(blocked, 'x'), { recursive: true });
    expect(await code(classifier.save(target))).toBe('IO_ERROR');
    await rm(blocked, { recursive: true });
    await writeFile(blocked, json);
    const old = await loadClassifier(target, { embedder: vectorEmbedder(16) });
    expect(old.gallery).toEqual(before);
  });

  it('names what is wrong with damaged files', async () => {
    const embedder = toyImageEmbedder();
    const classifier = buildClassifier(embedder, await toyPictureGallery(embedder, labels));
    await classifier.save(folder);
    const files = new Map<string, Uint8Array>();
    for (const name of await readdir(folder)) files.set(name, new Uint8Array(await readFile(join(folder, name))));
    const json = JSON.parse(new TextDecoder().decode(files.get('model.json')));
    const gallery = json.userDefinedMetadata.nearkin.classifier.gallery as string;
    const with_ = (change: (copy: typeof json, files: Map<string, Uint8Array>) => void) => {
      const copy = structuredClone(json);
      const all = new Map(files);
      change(copy, all);
      const nearkin = copy.userDefinedMetadata?.nearkin;
      if (nearkin) nearkin.classifier = withChecksum(nearkin.classifier);
      if (all.has('model.json')) all.set('model.json', new TextEncoder().encode(JSON.stringify(copy)));
      return code(loadClassifier(all));
    };
    const saved = (copy: typeof json) => copy.userDefinedMetadata.nearkin.classifier;
    expect(await with_(() => {})).toBe('fine');
    expect(await with_((_, all) => all.delete('model.json'))).toBe('NOT_FOUND');
    expect(await with_((_, all) => all.delete(gallery))).toBe('NOT_FOUND');
    expect(await with_((_, all) => all.set(gallery, all.get(gallery)!.slice(0, -1)))).toBe('BAD_FORMAT');
    expect(
      await with_((_, all) =>
        all.set(
          gallery,
          all.get(gallery)!.map((b, i) => (i === 700 ? b ^ 1 : b)),
        ),
      ),
    ).toBe('BAD_FORMAT');
    expect(await with_((copy) => delete copy.userDefinedMetadata)).toBe('BAD_FORMAT');
    expect(await with_((copy) => (saved(copy).version = 2))).toBe('UNSUPPORTED_VERSION');
    expect(await with_((copy) => saved(copy).labels.reverse())).toBe('BAD_FORMAT');
    expect(await with_((copy) => (saved(copy).gallery = '../gallery.safetensors'))).toBe('UNSAFE_PATH');
    expect(await with_((copy) => (saved(copy).settings.aggregation = 'best'))).toBe('BAD_FORMAT');
    expect(await with_((copy) => (saved(copy).settings.unknownBelow = [['nobody', 1]]))).toBe('BAD_FORMAT');
    expect(await with_((copy) => (saved(copy).modelId = 'other'))).toBe('BAD_FORMAT');
    expect(await with_((copy) => (copy.weightsManifest[0].weights[0].shape = [3, 3, 3, 7]))).toBe('BAD_MODEL');
  });
});
