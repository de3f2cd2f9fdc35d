import '@tensorflow/tfjs-backend-cpu';
import { embedGallery, l2Normalize } from '@nearkin/core';
import { createImageEmbedder, type ImageEmbedder, loadImageEmbedder, modelFiles } from '@nearkin/embedders';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { randomPicture, smallGraph } from '../../../embedders/test/small-models.js';
import { pairLoss, shuffledSampler } from '../../test/tiny-training.js';
import { galleryData } from '../data/gallery-data.js';
import { fit } from '../fit/fit.js';
import { adamW } from '../optimizers/adam-w.js';
import { fineTune } from './fine-tune.js';
import { toEmbedder } from './save-embedder.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

/** conv a, norm, (conv b + skip), average, dense c, dense d. */
function residualNet(): ImageEmbedder {
  const l = tf.layers;
  const init = (seed: number) => tf.initializers.glorotNormal({ seed });
  const apply = (layer: tf.layers.Layer, x: tf.SymbolicTensor | tf.SymbolicTensor[]) =>
    layer.apply(x) as tf.SymbolicTensor;
  const picture = tf.input({ shape: [8, 8, 3], name: 'picture' });
  const a = apply(
    l.conv2d({ filters: 4, kernelSize: 3, padding: 'same', kernelInitializer: init(1), name: 'a' }),
    picture,
  );
  const norm = apply(
    l.batchNormalization({ name: 'norm', movingVarianceInitializer: tf.initializers.constant({ value: 0.3 }) }),
    a,
  );
  const b = apply(
    l.conv2d({ filters: 4, kernelSize: 3, padding: 'same', activation: 'relu', kernelInitializer: init(2), name: 'b' }),
    norm,
  );
  const sum = apply(l.add({ name: 'sum' }), [norm, b]);
  const average = apply(l.globalAveragePooling2d({ dataFormat: 'channelsLast', name: 'average' }), sum);
  const c = apply(l.dense({ units: 6, activation: 'tanh', kernelInitializer: init(3), name: 'c' }), average);
  const d = apply(l.dense({ units: 5, useBias: false, kernelInitializer: init(4), name: 'd' }), c);
  return createImageEmbedder({ kind: 'layers', model: tf.model({ inputs: picture, outputs: d }) }, { ownsModel: true });
}

/** Noise in a tint of the class. */
const pictures = Array.from({ length: 12 }, (_, seed) => {
  const picture = randomPicture(seed);
  return { ...picture, data: picture.data.map((value, i) => (i % 3 === seed % 3 ? value : value / 3)) };
});
const items = pictures.map((input, i) => ({ id: String(i), label: `class ${i % 3}`, input }));

describe('fineTune', () => {
  it('cuts where everything flows through one layer', () => {
    const base = residualNet();
    const cuts: [number | string, string[], number[]][] = [
      [1, ['d'], [6]],
      [2, ['c', 'd'], [4]],
      ['c', ['c', 'd'], [4]],
      ['average', ['c', 'd'], [8, 8, 4]],
      // Below b a skip passes: the cut is the layer that both branches read.
      [3, ['b', 'c', 'd'], [8, 8, 4]],
      ['sum', ['c', 'd'], [8, 8, 4]],
      [4, ['norm', 'b', 'c', 'd'], [8, 8, 4]],
      [5, ['a', 'norm', 'b', 'c', 'd'], [8, 8, 3]],
    ];
    for (const [layers, learning, shape] of cuts) {
      const tuning = fineTune(base, { layers });
      expect(tuning.layers, String(layers)).toEqual(learning);
      expect(tuning.featureShape, String(layers)).toEqual(shape);
      tuning.dispose();
    }
    base.dispose();
  });

  it('starts as the base, learns, and leaves the base as it was', async () => {
    const base = residualNet();
    const before = await base.embed(pictures);
    for (const layers of [1, 'norm']) {
      const tuning = fineTune(base, { layers });
      const gallery = await embedGallery(tuning.features, items);
      const data = galleryData(gallery);
      const rows = async () => {
        const inputs = await data.batch([...items.keys()], { augment: false, rng: undefined as never });
        return tf.tidy(() => tuning.forward(inputs, { training: false, seed: 0 })).data();
      };
      const start = await rows();
      l2Normalize(before).data.forEach((value, i) => {
        expect(Math.abs(value - start[i]!)).toBeLessThan(1e-5);
      });
      const frozen = tuning
        .toLayersModel()
        .getWeights()
        .map((weight) => [...weight.dataSync()]);
      const { history } = await fit(tuning, data, {
        loss: pairLoss(),
        sampler: shuffledSampler(data, 12),
        optimizer: adamW({ learningRate: 0.03 }),
        steps: 10,
      });
      expect(history.loss.at(-1)!).toBeLessThan(0.9 * history.loss[0]!);
      // Below the first layer that learns nothing moved; mean and variance of the normalisation neither.
      const whole = tuning.toLayersModel();
      whole.getWeights().forEach((weight, i) => {
        const name = whole.weights[i]!.originalName;
        const learns = tuning.weights.some((one) => one.name === name);
        if (!learns) expect([...weight.dataSync()], name).toEqual(frozen[i]);
      });
      expect(tuning.weights.length).toBeGreaterThan(0);
      expect(tuning.weights.some(({ name }) => name.includes('moving'))).toBe(false);
      const embedder = await toEmbedder(tuning);
      const joined = l2Normalize(await embedder.embed(pictures));
      const learned = await rows();
      joined.data.forEach((value, i) => {
        expect(Math.abs(value - learned[i]!)).toBeLessThan(1e-5);
      });
      for (const one of [tuning, embedder]) one.dispose();
      expect((await base.embed(pictures)).data).toEqual(before.data);
    }
    base.dispose();
  });

  it('can leave normalisation alone', () => {
    const base = residualNet();
    const tuning = fineTune(base, { layers: 4, normalization: false });
    expect(tuning.weights.map(({ name }) => name)).toEqual(['b/kernel', 'b/bias', 'c/kernel', 'c/bias', 'd/kernel']);
    base.dispose();
  });

  it('lists the layers when the one that is named is not there', async () => {
    const base = residualNet();
    expect(() => fineTune(base, { layers: 'dense_7' })).toThrow(
      expect.objectContaining({
        code: 'UNKNOWN_LAYER',
        message: expect.stringContaining('a, norm, b, sum, average, c, d'),
      }),
    );
    for (const layers of [0, 6, 1.5])
      expect(() => fineTune(base, { layers })).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
    const graph = await loadImageEmbedder(modelFiles(smallGraph()));
    expect(() => fineTune(graph, { layers: 1 })).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED', message: expect.stringContaining('createHead') }),
    );
    base.dispose();
    graph.dispose();
  });

  it('gives back all memory', () => {
    const base = residualNet();
    const before = tf.memory().numTensors;
    const tuning = fineTune(base, { layers: 3 });
    tuning.toLayersModel().dispose();
    tuning.dispose();
    tuning.dispose();
    expect(tf.memory().numTensors).toBe(before);
    base.dispose();
  });
});
