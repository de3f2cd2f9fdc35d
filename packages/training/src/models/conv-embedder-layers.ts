import { inputChannels } from '@nearkin/embedders';
import * as tf from '@tensorflow/tfjs';
import type { ConvArchitecture } from './conv-embedder-architecture.js';

/**
 * The net as a plain LayersModel of standard layers; its rows are not scaled to unit length.
 *
 * @param options.weights kernel and bias of each convolution, then the dense kernel; copied
 */
export function convLayersModel(
  architecture: ConvArchitecture,
  { weights }: { readonly weights: readonly tf.Tensor[] },
): tf.LayersModel {
  const { width, height } = architecture.preprocessing;
  const picture = tf.input({
    shape: [height, width, inputChannels(architecture.preprocessing).length],
    name: 'picture',
  });
  const [kernel] = weights.slice(-1);
  const features = applyConvolutions(picture, architecture, { weights, prefix: '' });
  const embedding = applyDense(features, kernel!, 'embedding');
  return tf.model({ inputs: picture, outputs: embedding, name: 'conv_embedder' });
}

/** All layers but the last, dense one. */
export function applyConvolutions(
  picture: tf.SymbolicTensor,
  architecture: ConvArchitecture,
  { weights, prefix }: { readonly weights: readonly tf.Tensor[]; readonly prefix: string },
): tf.SymbolicTensor {
  let maps = picture;
  architecture.layers.forEach(({ channels, stride, kernelSize }, i) => {
    const layer = tf.layers.conv2d({
      filters: channels,
      kernelSize,
      strides: stride,
      padding: 'same',
      activation: 'relu',
      kernelInitializer: 'zeros',
      name: `${prefix}conv${i + 1}`,
    });
    maps = layer.apply(maps) as tf.SymbolicTensor;
    layer.setWeights(weights.slice(2 * i, 2 * i + 2));
  });
  const pool =
    architecture.pooling === 'average'
      ? tf.layers.globalAveragePooling2d({ name: `${prefix}average`, dataFormat: 'channelsLast' })
      : tf.layers.flatten({ name: `${prefix}flat` });
  return pool.apply(maps) as tf.SymbolicTensor;
}

/** A dense layer without bias. */
export function applyDense(from: tf.SymbolicTensor, kernel: tf.Tensor, name: string): tf.SymbolicTensor {
  const layer = tf.layers.dense({ units: kernel.shape[1]!, useBias: false, kernelInitializer: 'zeros', name });
  const rows = layer.apply(from) as tf.SymbolicTensor;
  layer.setWeights([kernel]);
  return rows;
}
