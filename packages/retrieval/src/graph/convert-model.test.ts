import { NearkinError } from '@nearkin/core';
import { GraphModel } from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { randomWeights } from '../../test/toy-image-embedder.js';
import { useBackend } from '../../test/use-backend.js';
import { checkGraph } from './check-graph.js';
import { convertModel } from './convert-model.js';
import { partsToArtifacts } from './join-graphs.js';

const L = tfl.layers;
type Tensors = tfl.SymbolicTensor;
const net = (build: (x: Tensors) => Tensors, shape = [12, 12, 3]) => {
  const input = tfl.input({ shape });
  return tfl.model({ inputs: input, outputs: build(input) });
};
const chain = (...layers: tfl.layers.Layer[]) => net((x) => layers.reduce((y, layer) => layer.apply(y) as Tensors, x));

class Scaled extends L.Layer {
  static readonly className = 'Test>Scaled';
  override computeOutputShape(shape: number[]) {
    return shape;
  }
  override call(inputs: tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => tf.mul(inputs[0]!, 1 + inputs[0]!.dataSync()[0]!));
  }
}

class Hat extends L.Layer {
  static readonly className = 'Test>Hat';
  override computeOutputShape(shape: number[]) {
    return shape;
  }
  override call(inputs: tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => tf.step(inputs[0]!));
  }
}

const activations = [
  'relu',
  'relu6',
  'elu',
  'selu',
  'sigmoid',
  'hardSigmoid',
  'tanh',
  'softplus',
  'softsign',
  'swish',
  'mish',
  'softmax',
  'gelu',
  'gelu_new',
] as const;

const nets: Record<string, () => tfl.LayersModel> = {
  'conv, stride 2, bias and relu': () => chain(L.conv2d({ filters: 4, kernelSize: 3, strides: 2, activation: 'relu' })),
  'conv without bias, with relu': () =>
    chain(L.conv2d({ filters: 4, kernelSize: 3, useBias: false, activation: 'relu', padding: 'same' })),
  'conv, dilated': () => chain(L.conv2d({ filters: 4, kernelSize: 3, dilationRate: 2, activation: 'elu' })),
  'conv 1d': () => net((x) => L.conv1d({ filters: 5, kernelSize: 3, activation: 'relu' }).apply(x) as Tensors, [20, 4]),
  'depthwise and pointwise': () =>
    chain(
      L.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, padding: 'same', useBias: false }),
      L.batchNormalization({}),
      L.reLU({ maxValue: 6 }),
      L.conv2d({ filters: 5, kernelSize: 1 }),
    ),
  separable: () => chain(L.separableConv2d({ filters: 5, kernelSize: 3, activation: 'relu6' })),
  pools: () => chain(L.maxPooling2d({ poolSize: 3, strides: 2, padding: 'same' }), L.averagePooling2d({ poolSize: 2 })),
  'global pools': () =>
    net(
      (x) =>
        L.concatenate().apply([
          L.globalAveragePooling2d({}).apply(x) as Tensors,
          L.globalMaxPooling2d({}).apply(x) as Tensors,
        ]) as Tensors,
    ),
  'flatten and dense': () =>
    chain(L.flatten(), L.dense({ units: 7, activation: 'tanh' }), L.dense({ units: 3, useBias: false })),
  'dense on maps': () => chain(L.dense({ units: 5, activation: 'relu' }), L.globalAveragePooling2d({})),
  'batch norm without scale and centre': () => chain(L.batchNormalization({ scale: false, center: false })),
  'batch norm of vectors': () => chain(L.flatten(), L.batchNormalization({}), L.dense({ units: 3 })),
  'layer norm': () => chain(L.flatten(), L.layerNormalization({})),
  'layer norm without scale and centre': () =>
    chain(L.flatten(), L.layerNormalization({ scale: false, center: false })),
  'residual, padding and upsampling': () =>
    net((x) => {
      const y = L.conv2d({ filters: 3, kernelSize: 3, padding: 'same' }).apply(x) as Tensors;
      const sum = L.add().apply([x, y]) as Tensors;
      const both = L.concatenate().apply([sum, L.multiply().apply([x, y]) as Tensors]) as Tensors;
      const wide = L.upSampling2d({ size: [2, 2] }).apply(
        L.zeroPadding2d({
          padding: [
            [1, 2],
            [0, 1],
          ],
        }).apply(both),
      );
      return L.maximum().apply([wide as Tensors, L.leakyReLU({ alpha: 0.1 }).apply(wide) as Tensors]) as Tensors;
    }),
  'upsampling, bilinear': () => chain(L.upSampling2d({ size: [2, 3], interpolation: 'bilinear' })),
  'squeeze and excite': () =>
    net((x) => {
      const squeezed = L.reshape({ targetShape: [1, 1, 3] }).apply(L.globalAveragePooling2d({}).apply(x));
      const gate = L.conv2d({ filters: 3, kernelSize: 1, activation: 'sigmoid' }).apply(squeezed);
      return L.multiply().apply([x, gate as Tensors]) as Tensors;
    }),
  'leaky relu, prelu and elu': () => chain(L.leakyReLU({ alpha: 0.3 }), L.prelu({}), L.elu({ alpha: 1 })),
  'permute, crop, repeat': () =>
    net((x) => {
      const cropped = L.cropping2D({
        cropping: [
          [1, 2],
          [3, 1],
        ],
      }).apply(L.permute({ dims: [2, 1, 3] }).apply(x));
      return L.repeatVector({ n: 3 }).apply(L.flatten().apply(cropped)) as Tensors;
    }),
  'dropout and noise do nothing': () =>
    chain(L.dropout({ rate: 0.5 }), L.gaussianNoise({ stddev: 1 }), L.flatten(), L.dense({ units: 2 })),
  'a model in a model': () => {
    const inner = tfl.sequential({
      layers: [L.conv2d({ inputShape: [12, 12, 3], filters: 4, kernelSize: 3, activation: 'relu' })],
    });
    return net((x) => L.globalAveragePooling2d({}).apply(inner.apply(x)) as Tensors);
  },
  'average, dot, minimum': () =>
    net((x) => {
      const a = L.flatten().apply(x) as Tensors;
      const b = L.dense({ units: 432 }).apply(a) as Tensors;
      const dot = L.dot({ axes: -1, normalize: true }).apply([a, b]) as Tensors;
      return L.concatenate().apply([
        dot,
        L.average().apply([a, b]) as Tensors,
        L.minimum().apply([a, b]) as Tensors,
      ]) as Tensors;
    }),
};
for (const activation of activations)
  nets[`activation ${activation}`] = () => chain(L.flatten(), L.dense({ units: 6, activation: activation as 'relu' }));

for (const backend of ['cpu', 'wasm'] as const)
  describe(`convertModel on ${backend}`, () => {
    beforeAll(() => useBackend(backend));

    for (const [name, make] of Object.entries(nets))
      it(`${name}: same answers for batches of 1 and 3`, async () => {
        const model = make();
        randomWeights(model, 9);
        const before = tf.memory().numTensors;
        const artifacts = partsToArtifacts(await convertModel(model, { input: 'x', output: 'y' }));
        expect(tf.memory().numTensors).toBe(before);
        const graph = new GraphModel(tf.io.fromMemory(artifacts));
        await graph.load();
        for (const batch of [1, 3]) {
          const x = tf.randomNormal([batch, ...model.inputs[0]!.shape.slice(1)] as number[], 0, 1, 'float32', batch);
          const expected = model.apply(x) as tf.Tensor;
          const received = graph.predict(x) as tf.Tensor;
          expect(received.shape).toEqual(expected.shape);
          const difference = tf.max(tf.abs(tf.sub(expected, received))).dataSync()[0]!;
          expect(difference).toBeLessThanOrEqual(1e-5);
        }
        graph.dispose();
        model.dispose();
      });

    it('names the layer and the op that has no counterpart', async () => {
      const model = chain(new Hat({ name: 'my_hat' }));
      const failure = convertModel(model, { input: 'x', output: 'y' });
      await expect(failure).rejects.toBeInstanceOf(NearkinError);
      await expect(failure).rejects.toMatchObject({ code: 'UNSUPPORTED_OP', details: { layer: 'my_hat', op: 'Step' } });
    });

    it('names layers whose ops or states cannot be exported', async () => {
      const transposed = chain(L.conv2dTranspose({ filters: 2, kernelSize: 3, name: 'wide' }));
      await expect(convertModel(transposed, { input: 'x', output: 'y' })).rejects.toMatchObject({
        code: 'UNSUPPORTED_OP',
        details: { layer: 'wide', op: 'Conv2DBackpropInput' },
      });
      const open = net((x) => L.globalAveragePooling2d({}).apply(x) as Tensors, [null as never, null as never, 3]);
      await expect(convertModel(open, { input: 'x', output: 'y' })).rejects.toMatchObject({ code: 'UNSUPPORTED_OP' });
    });

    it('finds out when a layer computes outside of ops', async () => {
      const model = chain(new Scaled({ name: 'scaled' }));
      const artifacts = partsToArtifacts(await convertModel(model, { input: 'x', output: 'y' }));
      await expect(checkGraph(model, artifacts)).rejects.toMatchObject({ code: 'UNSUPPORTED_OP' });
    });
  });
