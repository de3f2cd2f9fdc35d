import { createRng, NearkinError } from '@nearkin/core';
import { inputChannels, type Preprocessing } from '@nearkin/embedders';
import * as tf from '@tensorflow/tfjs';
import {
  type ConvArchitecture,
  type ConvEmbedderOptions,
  convArchitecture,
  lastMap,
} from './conv-embedder-architecture.js';
import { convLayersModel } from './conv-embedder-layers.js';
import type { TrainableModel, TrainableWeight } from './trainable-model.js';

/** A small convolutional net under training; see {@link createConvEmbedder}. */
export interface ConvEmbedder extends TrainableModel {
  readonly architecture: ConvArchitecture;
  readonly preprocessing: Preprocessing;
  toLayersModel(): tf.LayersModel;
}

/**
 * Makes a small convolutional embedder with random weights: 3 x 3 convolutions with rectifiers, then one dense layer
 * without bias, then unit length. No normalisation layers, so that a picture's vector depends on that picture alone,
 * and few kinds of operations, so that training is quick on every backend.
 *
 * Filters start as He et al. propose: normal with variance 2 / inputs (1 / inputs for the last layer), biases 0. The same
 * seed gives the same weights on every host.
 *
 * @param options.seed any safe integer; default 0
 * @throws {NearkinError} `INVALID_ARGUMENT`
 * @source He et al., Delving Deep into Rectifiers, 2015, section 2.2
 * @example
 * const model = createConvEmbedder({ preprocessing: { width: 28, height: 28, colorOrder: 'gray' }, dim: 64, seed: 1 });
 * model.weights.map(({ name }) => name).slice(0, 2); // ['conv1/kernel', 'conv1/bias']
 */
export function createConvEmbedder(
  options: ConvEmbedderOptions & { readonly seed?: number | undefined },
): ConvEmbedder {
  const architecture = convArchitecture(options);
  const { preprocessing, layers, dim, pooling } = architecture;
  const { width, height } = preprocessing;
  const rng = createRng(options.seed ?? 0);
  const weights: TrainableWeight[] = [];
  const add = (name: string, shape: number[], variance: number): tf.Variable => {
    const size = shape.reduce((a, b) => a * b, 1);
    const values = Float32Array.from({ length: size }, () => (variance > 0 ? rng.normal() * Math.sqrt(variance) : 0));
    const variable = tf.tidy(() => tf.variable(tf.tensor(values, shape)));
    weights.push(Object.freeze({ name, variable }));
    return variable;
  };
  let depth = inputChannels(preprocessing).length;
  const inputShape = [height, width, depth];
  const convolutions = layers.map(({ channels, stride, kernelSize }, i) => {
    const inputs = kernelSize * kernelSize * depth;
    const kernel = add(`conv${i + 1}/kernel`, [kernelSize, kernelSize, depth, channels], 2 / inputs);
    const bias = add(`conv${i + 1}/bias`, [channels], 0);
    depth = channels;
    return { kernel: kernel as tf.Variable<tf.Rank.R4>, bias, stride };
  });
  const { numbers } = lastMap(architecture);
  const projection = add('embedding/kernel', [numbers, dim], 1 / numbers) as tf.Variable<tf.Rank.R2>;
  let disposed = false;

  const forward = (inputs: tf.Tensor): tf.Tensor2D => {
    if (disposed) throw new NearkinError('DISPOSED', 'The model was disposed of and cannot be used any more.');
    if (inputs.shape.length !== 4 || inputShape.some((side, i) => inputs.shape[i + 1] !== side))
      throw new NearkinError(
        'INVALID_ARGUMENT',
        `Expected pictures of shape [n, ${inputShape.join(', ')}], got [${inputs.shape.join(', ')}].`,
        { details: { expected: inputShape, received: inputs.shape } },
      );
    return tf.tidy(() => {
      let maps = inputs as tf.Tensor4D;
      convolutions.forEach(({ kernel, bias, stride }, i) => {
        // The gradient of a fused convolution always computes that of its input, which nobody needs for pictures.
        maps =
          i === 0
            ? tf.relu(tf.add<tf.Tensor4D>(tf.conv2d(maps, kernel, stride, 'same'), bias))
            : tf.fused.conv2d({ x: maps, filter: kernel, strides: stride, pad: 'same', bias, activation: 'relu' });
      });
      const flat =
        pooling === 'average' ? tf.mean<tf.Tensor2D>(maps, [1, 2]) : tf.reshape(maps, [inputs.shape[0]!, numbers]);
      const rows = tf.matMul(flat as tf.Tensor2D, projection);
      // The small number keeps the gradient of a zero row finite.
      return tf.div<tf.Tensor2D>(rows, tf.sqrt(tf.add(tf.sum(tf.square(rows), 1, true), 1e-12)));
    });
  };
  return Object.freeze({
    architecture,
    preprocessing,
    dim,
    weights: Object.freeze(weights),
    forward,
    toLayersModel: () => convLayersModel(architecture, { weights: weights.map(({ variable }) => variable) }),
    dispose() {
      if (disposed) return;
      disposed = true;
      for (const { variable } of weights) variable.dispose();
    },
  });
}

/**
 * Builds the model anew that `architecture` describes, as read from a checkpoint or sent to a worker. Its weights are
 * those of seed 0 until they are assigned.
 *
 * @throws {NearkinError} `BAD_FORMAT` for anything else than the architecture of a convolutional embedder
 */
export function rebuildConvEmbedder(architecture: Readonly<Record<string, unknown>>): ConvEmbedder {
  if (architecture['kind'] !== 'conv')
    throw new NearkinError(
      'BAD_FORMAT',
      `Expected the architecture of a convolutional embedder ('conv'), got ${JSON.stringify(architecture['kind'])}.`,
    );
  try {
    return createConvEmbedder(architecture as unknown as ConvArchitecture);
  } catch (cause) {
    throw new NearkinError('BAD_FORMAT', `The architecture is not valid: ${(cause as Error).message}`, { cause });
  }
}
