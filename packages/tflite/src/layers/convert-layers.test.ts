import '@tensorflow/tfjs-backend-cpu';
import { createRng } from '@nearkin/core';
import * as tf from '@tensorflow/tfjs-core';
import { input, type LayersModel, layers, model, type SymbolicTensor, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { artifactsOf } from '../../test/artifacts-of.js';
import { runScores } from '../../test/run-scores.js';
import { noisyPicture, side } from '../../test/small-models.js';
import { describeTflite } from '../metadata/describe-tflite.js';
import { convertLayers } from './convert-layers.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const pictures = [1, 2].map((seed) => noisyPicture(seed));
const apply = (layer: { apply(from: never): unknown }, from: SymbolicTensor | SymbolicTensor[]) =>
  layer.apply(from as never) as SymbolicTensor;

/** A model of one picture input and random weights; variances are positive. */
function build(make: (picture: SymbolicTensor) => SymbolicTensor): LayersModel {
  const picture = input({ shape: [side, side, 3], name: 'picture' });
  return withRandomWeights(model({ inputs: picture, outputs: make(picture) }));
}

function withRandomWeights(built: LayersModel): LayersModel {
  const rng = createRng(4);
  built.setWeights(
    built.weights.map(({ shape, originalName }) => {
      const size = (shape as number[]).reduce((a, b) => a * b, 1);
      const values = Float32Array.from({ length: size }, () => rng.normal() * 0.5);
      return tf.tensor(
        originalName.includes('variance') ? values.map((v) => 0.5 + Math.abs(v)) : values,
        shape as number[],
      );
    }),
  );
  return built;
}

function predict(built: LayersModel): number[][] {
  return pictures.map((samples) =>
    tf.tidy(() => {
      const x = tf.tensor(
        Float32Array.from(samples, (value) => (value - 127.5) / 127.5),
        [1, side, side, 3],
      );
      return [...(tf.reshape(built.predict(x) as tf.Tensor, [-1]).dataSync() as Float32Array)];
    }),
  );
}

async function differenceOf(built: LayersModel, options: Parameters<typeof convertLayers>[1] = {}): Promise<number> {
  const bytes = convertLayers(await artifactsOf(built), options);
  const received = await runScores(bytes, pictures, { side });
  const expected = predict(built);
  built.dispose();
  const scale = Math.max(...expected.flat().map(Math.abs), 1e-3);
  expect(received.map((row) => row.length)).toEqual(expected.map((row) => row.length));
  return Math.max(...expected.flatMap((row, i) => row.map((value, k) => Math.abs(value - received[i]![k]!)))) / scale;
}

const pooled = (maps: SymbolicTensor) => apply(layers.globalAveragePooling2d({ dataFormat: 'channelsLast' }), maps);
const conv = (filters: number, more: object = {}) =>
  layers.conv2d({ filters, kernelSize: 3, padding: 'same', ...more });
const two = (picture: SymbolicTensor) => [apply(conv(4), picture), apply(conv(4), picture)];

const nets: Record<string, (picture: SymbolicTensor) => SymbolicTensor> = {
  'convolution, stride 2, same': (x) => pooled(apply(conv(5, { strides: 2, activation: 'relu' }), x)),
  'convolution, valid, dilated, 3 x 2': (x) =>
    pooled(apply(layers.conv2d({ filters: 4, kernelSize: [3, 2], dilationRate: 2, useBias: false }), x)),
  'batch normalisation and relu6 behind a convolution': (x) => {
    const normal = apply(layers.batchNormalization({}), apply(conv(6, { useBias: true }), x));
    return pooled(apply(layers.reLU({ maxValue: 6 }), normal));
  },
  'batch normalisation of what two layers read': (x) => {
    const maps = apply(conv(4), x);
    const normal = apply(layers.batchNormalization({ scale: false }), maps);
    return pooled(apply(layers.add(), [maps, normal]));
  },
  'depthwise, multiplier 2, with batch normalisation': (x) => {
    const maps = apply(layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, strides: 2, padding: 'same' }), x);
    return pooled(apply(layers.activation({ activation: 'relu' }), apply(layers.batchNormalization({}), maps)));
  },
  separable: (x) =>
    pooled(apply(layers.separableConv2d({ filters: 5, kernelSize: 3, padding: 'same', activation: 'tanh' }), x)),
  'pooling, flatten, dense': (x) => {
    const less = apply(
      layers.maxPooling2d({ poolSize: 2 }),
      apply(layers.averagePooling2d({ poolSize: 3, strides: 2, padding: 'same' }), x),
    );
    return apply(layers.dense({ units: 7, activation: 'sigmoid' }), apply(layers.flatten(), less));
  },
  'global maximum, dense with batch normalisation': (x) => {
    const maxima = apply(layers.globalMaxPooling2d({ dataFormat: 'channelsLast' }), apply(conv(6), x));
    return apply(layers.batchNormalization({}), apply(layers.dense({ units: 5 }), maxima));
  },
  'add, multiply, average, maximum, minimum, subtract': (x) => {
    const pair = two(x);
    const sum = apply(layers.add(), pair);
    const product = apply(layers.multiply(), pair);
    const both = [apply(layers.average(), [sum, product]), apply(layers.maximum(), pair)];
    return pooled(apply(layers.concatenate(), [...both, apply(layers.minimum(), pair)]));
  },
  'reshape, dropout, zero padding, concatenate along height': (x) => {
    const padded = apply(
      layers.zeroPadding2d({
        padding: [
          [1, 2],
          [0, 3],
        ],
      }),
      apply(layers.dropout({ rate: 0.5 }), x),
    );
    const joined = apply(layers.concatenate({ axis: 1 }), [padded, padded]);
    return apply(layers.reshape({ targetShape: [-1] }), pooled(joined));
  },
  'leaky, parametric and exponential rectifiers': (x) => {
    const maps = apply(layers.leakyReLU({ alpha: 0.2 }), apply(conv(4), x));
    const more = apply(layers.prelu({ sharedAxes: [1, 2] }), apply(conv(4), maps));
    return pooled(apply(layers.elu(), apply(conv(3), more)));
  },
  'a rectifier with a limit, softmax': (x) => {
    const some = pooled(apply(layers.reLU({ maxValue: 0.7 }), apply(conv(5), x)));
    return apply(layers.softmax(), some);
  },
};

describe('a converted model, run by LiteRT, gives what tfjs gives', () => {
  it.each(Object.keys(nets))('%s', async (name) => {
    expect(await differenceOf(build(nets[name]!))).toBeLessThan(1e-5);
  });

  it.each(['relu', 'relu6', 'sigmoid', 'tanh', 'elu', 'hardSigmoid', 'softsign', 'swish', 'linear'] as const)(
    'activation %s',
    async (activation) => {
      expect(await differenceOf(build((x) => pooled(apply(conv(4, { activation }), x))))).toBeLessThan(1e-5);
    },
  );

  it('models inside of models, sequential ones too', async () => {
    const block = sequential({
      name: 'block',
      layers: [layers.inputLayer({ inputShape: [side, side, 3] }), conv(4, { name: 'inner' }), layers.reLU()],
    });
    const built = build((x) => pooled(apply(block as never, x)));
    expect(await differenceOf(built)).toBeLessThan(1e-5);
    const plain = sequential({ layers: [layers.conv2d({ inputShape: [side, side, 3], filters: 4, kernelSize: 1 })] });
    plain.add(layers.globalAveragePooling2d({ dataFormat: 'channelsLast' }));
    expect(await differenceOf(withRandomWeights(plain))).toBeLessThan(1e-5);
  });

  it('a layer that is applied twice', async () => {
    const shared = conv(3, { activation: 'tanh' });
    expect(await differenceOf(build((x) => pooled(apply(shared, apply(shared, x)))))).toBeLessThan(1e-5);
  });

  it('with int8 kernels, up to their rounding', async () => {
    const built = build((x) =>
      pooled(apply(conv(40, { activation: 'relu' }), apply(conv(32, { activation: 'relu' }), x))),
    );
    const artifacts = await artifactsOf(built);
    const [float, small] = [convertLayers(artifacts), convertLayers(artifacts, { weights: 'int8' })];
    expect(small.length).toBeLessThan(0.4 * float.length);
    expect(await differenceOf(built, { weights: 'int8' })).toBeLessThan(0.02);
  });

  it('with the preprocessing as a part of it', async () => {
    const built = build((x) => pooled(apply(conv(4), x)));
    const artifacts = await artifactsOf(built);
    const preprocessing = { mean: [10, 20, 30], std: [50, 60, 70], colorOrder: 'bgr' } as const;
    const bytes = convertLayers(artifacts, { preprocessing });
    const received = await runScores(bytes, pictures, { side });
    const expected = pictures.map((samples) =>
      tf.tidy(() => {
        const x = Float32Array.from(samples, (_, i) => {
          const k = 2 - (i % 3);
          return (samples[i - (i % 3) + k]! - preprocessing.mean[k]!) / preprocessing.std[k]!;
        });
        return [...((built.predict(tf.tensor(x, [1, side, side, 3])) as tf.Tensor).dataSync() as Float32Array)];
      }),
    );
    expected.flat().forEach((value, i) => {
      expect(Math.abs(value - received.flat()[i]!)).toBeLessThan(1e-5);
    });
  });
});

describe('weights as they are stored', () => {
  it.each([
    ['uint8', Uint8Array.of(0, 128, 255), { dtype: 'uint8', scale: 0.5, min: -2 }, [-2, 62, 125.5]],
    [
      'uint16',
      new Uint8Array(Uint16Array.of(1, 2, 65535).buffer),
      { dtype: 'uint16', scale: 2, min: 1 },
      [3, 5, 131071],
    ],
    [
      'float16',
      new Uint8Array(Uint16Array.of(0x3c00, 0xc100, 0x0001).buffer),
      { dtype: 'float16' },
      [1, -2.5, 2 ** -24],
    ],
  ] as const)('are read: %s', async (_, weightData, quantization, expected) => {
    const layer = (class_name: string, config: object, inbound: string[]) => ({
      class_name,
      name: (config as { name: string }).name,
      config,
      inbound_nodes: inbound.length ? [inbound.map((name) => [name, 0, 0, {}])] : [],
    });
    const modelTopology = {
      class_name: 'Model',
      config: {
        layers: [
          layer('InputLayer', { name: 'x', batch_input_shape: [null, 8, 8, 3] }, []),
          layer('GlobalAveragePooling2D', { name: 'pool' }, ['x']),
          layer('Dense', { name: 'dense', units: 1, use_bias: false }, ['pool']),
        ],
        input_layers: [['x', 0, 0]],
        output_layers: [['dense', 0, 0]],
      },
    };
    const weightSpecs = [{ name: 'dense/kernel', shape: [3, 1], dtype: 'float32', quantization }];
    const bytes = convertLayers({ modelTopology, weightSpecs, weightData });
    // One channel at a time is 255, which the runner makes 1; the others are 0, made -1.
    const lit = [0, 1, 2].map((k) => Uint8Array.from({ length: 192 }, (_v, i) => (i % 3 === k ? 255 : 0)));
    const rows = await runScores(bytes, lit, { side });
    const total = expected.reduce((a, b) => a + b, 0);
    rows.forEach(([value], k) => {
      expect(value).toBeCloseTo(2 * expected[k]! - total, 2);
    });
  });
});

describe('what cannot be converted', () => {
  it.each([
    ['UNSUPPORTED_OP', 'up', (x: SymbolicTensor) => pooled(apply(layers.upSampling2d({ name: 'up' }), x))],
    ['UNSUPPORTED_OP', 'odd', (x: SymbolicTensor) => pooled(apply(conv(3, { name: 'odd', activation: 'selu' }), x))],
  ] as const)('%s names the layer %s', async (code, name, make) => {
    const artifacts = await artifactsOf(build(make));
    expect(() => convertLayers(artifacts)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(`"${name}"`) }),
    );
  });

  it('names where a layer is inside of a nested model', async () => {
    const block = sequential({ name: 'block', layers: [layers.inputLayer({ inputShape: [side, side, 3] })] });
    block.add(layers.upSampling2d({ name: 'up' }));
    const artifacts = await artifactsOf(build((x) => pooled(apply(block as never, x))));
    expect(() => convertLayers(artifacts)).toThrow(
      expect.objectContaining({ details: expect.objectContaining({ where: 'block/up' }) }),
    );
  });

  it.each([
    ['no topology', {}],
    ['no layers', { modelTopology: { class_name: 'Model', config: { layers: [] } } }],
    ['an unknown kind', { modelTopology: { class_name: 'Forest', config: { layers: [{}] } } }],
  ])('%s is a BAD_MODEL', (_, artifacts) => {
    expect(() => convertLayers(artifacts)).toThrow(expect.objectContaining({ code: 'BAD_MODEL' }));
  });

  it('missing or cut weights are a BAD_MODEL', async () => {
    const artifacts = await artifactsOf(build((x) => pooled(apply(conv(3), x))));
    const data = artifacts.weightData as ArrayBuffer;
    expect(() => convertLayers({ ...artifacts, weightData: data.slice(0, 40) })).toThrow(
      expect.objectContaining({ code: 'BAD_MODEL' }),
    );
    expect(() => convertLayers({ ...artifacts, weightSpecs: [], weightData: data })).toThrow(
      expect.objectContaining({ code: 'BAD_MODEL' }),
    );
  });

  it('a dense network keeps its number of operators', async () => {
    const built = build(nets['batch normalisation and relu6 behind a convolution']!);
    const { operatorKinds } = describeTflite(convertLayers(await artifactsOf(built)));
    expect(operatorKinds).toEqual([
      ['CONV_2D', 1],
      ['MEAN', 1],
    ]);
  });
});
