import '@tensorflow/tfjs-backend-cpu';
import { createGallery, createRng, createVectors, l2Normalize, type Vectors } from '@nearkin/core';
import { createImageEmbedder, type ImageEmbedder, loadImageEmbedder, modelFiles } from '@nearkin/embedders';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { randomPicture, smallClassifier, smallGraph } from '../../../embedders/test/small-models.js';
import { pairLoss, shuffledSampler } from '../../test/tiny-training.js';
import { galleryData } from '../data/gallery-data.js';
import { fit } from '../fit/fit.js';
import { adamW } from '../optimizers/adam-w.js';
import { attachHead } from './attach-head.js';
import { createHead, type Head } from './head.js';
import { projectGallery } from './project-gallery.js';
import { saveEmbedder, toEmbedder } from './save-embedder.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

/** Weights that are not zero anywhere. */
function shake(head: Head): Head {
  const rng = createRng(8);
  for (const { variable } of head.weights)
    tf.tidy(() =>
      variable.assign(
        tf.tensor(
          Float32Array.from({ length: variable.size }, () => rng.normal() / 2),
          variable.shape,
        ) as never,
      ),
    );
  return head;
}

const shapes: [string, (inputDim: number, center: number[]) => Head][] = [
  ['linear', (inputDim) => createHead({ inputDim, dim: 3 })],
  ['linear with a center', (inputDim, center) => createHead({ inputDim, dim: 3, center })],
  ['hidden layers', (inputDim, center) => createHead({ inputDim, dim: 2, hidden: [6, 5], center })],
  ['residual', (inputDim) => createHead({ inputDim, residual: true })],
  ['residual with a center', (inputDim, center) => createHead({ inputDim, residual: true, center })],
  [
    'residual with all',
    (inputDim, center) => createHead({ inputDim, residual: true, hidden: [7], center, dropout: 0.5 }),
  ],
];
const pictures = [1, 2, 3, 4].map((seed) => randomPicture(seed));

/** The head after the base, without joining them. */
async function separately(base: ImageEmbedder, head: Head): Promise<Vectors> {
  const { data, count } = await base.embed(pictures);
  const rows = tf.tidy(() => head.forward(tf.tensor2d(data, [count, base.dim]), { training: false, seed: 0 }));
  const values = Float32Array.from(await rows.data());
  rows.dispose();
  return createVectors(values, head.dim);
}

function expectSame(found: Vectors, wanted: Vectors): void {
  const unit = l2Normalize(found);
  expect(unit.dim).toBe(wanted.dim);
  unit.data.forEach((value, i) => {
    expect(Math.abs(value - wanted.data[i]!)).toBeLessThan(2e-6);
  });
}

describe('attachHead', () => {
  const bases: [string, () => Promise<ImageEmbedder>][] = [
    [
      'a functional LayersModel',
      async () => createImageEmbedder({ kind: 'layers', model: smallClassifier() }, { ownsModel: true }),
    ],
    [
      'a Sequential model',
      async () => {
        const model = tf.sequential({
          layers: [
            tf.layers.conv2d({
              filters: 4,
              kernelSize: 3,
              inputShape: [8, 8, 3],
              activation: 'relu',
              biasInitializer: 'ones',
            }),
            tf.layers.globalAveragePooling2d({ dataFormat: 'channelsLast' }),
          ],
        });
        return createImageEmbedder({ kind: 'layers', model }, { ownsModel: true });
      },
    ],
    ['a GraphModel', () => loadImageEmbedder(modelFiles(smallGraph()))],
  ];
  for (const [baseName, open] of bases)
    it(`gives with ${baseName} what base and head give one after the other, also when saved`, async () => {
      const base = await open();
      const center = Array.from({ length: base.dim }, (_, i) => 0.3 * i - 0.2);
      for (const [name, make] of shapes) {
        const head = shake(make(base.dim, center));
        const wanted = await separately(base, head);
        const joined = await attachHead(base, head);
        expect(joined.preprocessing).toEqual(base.preprocessing);
        expect(joined.model.kind).toBe(base.model.kind);
        expectSame(await joined.embed(pictures), wanted);
        const twice = await attachHead(joined, shake(createHead({ inputDim: joined.dim, dim: 2 })));
        expect(twice.dim, name).toBe(2);
        for (const one of [head, joined, twice]) one.dispose();
      }
      base.dispose();
    });

  it('refuses a head of another length, and a base without a model', async () => {
    const base = createImageEmbedder({ kind: 'layers', model: smallClassifier() }, { ownsModel: true });
    const head = createHead({ inputDim: 9 });
    await expect(attachHead(base, head)).rejects.toMatchObject({ code: 'DIMENSION_MISMATCH' });
    const elsewhere = { ...base, dim: 9, model: { kind: 'function' } } as const;
    await expect(attachHead(elsewhere as ImageEmbedder, head)).rejects.toMatchObject({ code: 'UNSUPPORTED' });
    base.dispose();
    head.dispose();
  });
});

describe('createHead', () => {
  it('starts with the base as it is when residual', async () => {
    const head = createHead({ inputDim: 3, residual: true, hidden: [4] });
    const rows = head.forward(tf.tensor2d([[3, 0, 4]]), { training: false, seed: 0 });
    expect([...(await rows.data())].map((value) => value.toFixed(5))).toEqual(['0.60000', '0.00000', '0.80000']);
    head.dispose();
  });

  it('is the same for the same seed, and drops numbers by the seed of the step', async () => {
    const values = async (head: Head, training: boolean, seed: number) => [
      ...(await head.forward(tf.ones([1, 20]), { training, seed }).data()),
    ];
    const make = (seed: number) => createHead({ inputDim: 20, dim: 4, dropout: 0.5, seed });
    const head = make(1);
    expect(await values(make(1), false, 0)).toEqual(await values(head, false, 5));
    expect(await values(make(2), false, 0)).not.toEqual(await values(head, false, 0));
    expect(await values(head, true, 3)).toEqual(await values(head, true, 3));
    expect(await values(head, true, 3)).not.toEqual(await values(head, true, 4));
  });

  it('learns from a gallery, which then can be projected', async () => {
    const rng = createRng(1);
    const labels = Array.from({ length: 40 }, (_, i) => `class ${i % 5}`);
    const data = Float32Array.from(
      labels.flatMap((label) =>
        Array.from({ length: 12 }, (_, k) => rng.normal() * 2 + (k === Number(label.slice(6)) ? 3 : 0)),
      ),
    );
    const gallery = createGallery({
      vectors: createVectors(data, 12),
      ids: labels.map((_, i) => `row ${i}`),
      labels,
      metadata: labels.map((_, i) => i),
    });
    const training = galleryData(gallery);
    const head = createHead({ inputDim: 12, dim: 6, seed: 2 });
    const { history, collapse } = await fit(head, training, {
      loss: pairLoss(),
      sampler: shuffledSampler(training, 20),
      steps: 100,
      optimizer: adamW({ learningRate: 0.02 }),
    });
    expect(history.loss.at(-1)!).toBeLessThan(0.6 * history.loss[0]!);
    expect(collapse).toBeDefined();
    const projected = await projectGallery(head, gallery);
    expect(projected.vectors.dim).toBe(6);
    expect([projected.ids, projected.labels, projected.metadata]).toEqual([
      gallery.ids,
      gallery.labels,
      gallery.metadata,
    ]);
    head.dispose();
  });

  it('refuses what makes no sense', () => {
    const bad = [
      () => createHead({ inputDim: 0 }),
      () => createHead({ inputDim: 4, hidden: [2.5] }),
      () => createHead({ inputDim: 4, dim: 3, residual: true }),
      () => createHead({ inputDim: 4, dropout: 1 }),
      () => createHead({ inputDim: 4, center: [1, 2] }),
      () => createHead({ inputDim: 2, center: [1, Number.NaN] }),
    ];
    for (const make of bad) expect(make).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
    const head = createHead({ inputDim: 4 });
    const options = { training: false, seed: 0 };
    expect(() => head.forward(tf.ones([1, 3]), options)).toThrow(
      expect.objectContaining({ code: 'DIMENSION_MISMATCH' }),
    );
    head.dispose();
    head.dispose();
    expect(() => head.forward(tf.ones([1, 4]), options)).toThrow(expect.objectContaining({ code: 'DISPOSED' }));
  });
});

describe('saveEmbedder', () => {
  it('asks for a base when the model is a head', async () => {
    const head = createHead({ inputDim: 4 });
    await expect(toEmbedder(head)).rejects.toMatchObject({
      code: 'UNSUPPORTED',
      message: expect.stringContaining('attachHead'),
    });
    await expect(saveEmbedder(head, 'nowhere')).rejects.toMatchObject({ code: 'UNSUPPORTED' });
    head.dispose();
  });
});
