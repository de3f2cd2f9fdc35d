import { activate } from './activations.js';
import { type Conversion, type Converter, onlyInput } from './conversion.js';
import { convolution, dense, depthwise, separable } from './convolution.js';
import { concatenate, merge } from './merging.js';
import { batchNormalization, rescaling } from './normalization.js';
import { globalPool, pool } from './pooling.js';
import { flatten, reshape, zeroPadding } from './reshaping.js';

/** Layers that do nothing when a model answers. */
const passing: Converter = (conversion) => onlyInput(conversion).tensor;

const relu: Converter = (conversion) => {
  const { graph, call, unsupported } = conversion;
  const { tensor, shape } = onlyInput(conversion);
  const [top, slope, threshold] = ['max_value', 'negative_slope', 'threshold'].map((key) => call.config[key] ?? null);
  if (Number(slope ?? 0) !== 0 || Number(threshold ?? 0) !== 0) throw unsupported('has a slope or threshold');
  if (top === null || top === 6) return activate(conversion, tensor, top === 6 ? 'relu6' : 'relu');
  const positive = graph.apply('RELU', [tensor], { name: `${call.where}/positive`, shape });
  const limit = graph.constant(`${call.where}/max`, [], Float32Array.of(Number(top)));
  return graph.apply('MINIMUM', [positive, limit], { name: call.where, shape });
};

const leakyRelu: Converter = (conversion) => {
  const { graph, call } = conversion;
  const { tensor, shape } = onlyInput(conversion);
  const factor = Number(call.config['alpha'] ?? call.config['negative_slope'] ?? 0.3);
  return graph.apply('LEAKY_RELU', [tensor], { name: call.where, shape }, { factor });
};

const prelu: Converter = (conversion) => {
  const { graph, call, weights, unsupported } = conversion;
  const { tensor, shape } = onlyInput(conversion);
  const shared = new Set([call.config['shared_axes'] ?? []].flat().map(Number));
  if (shape.length < 2) throw unsupported(`reads a tensor of ${shape.length} dimensions`);
  const sides = shape.slice(1).map((side, i) => (shared.has(i + 1) ? 1 : side));
  const slopes = graph.constant(`${call.where}/alpha`, sides, weights.get(call.layer, 'alpha', sides).data);
  return graph.apply('PRELU', [tensor, slopes], { name: call.where, shape });
};

const elu: Converter = (conversion) => {
  const alpha = Number(conversion.call.config['alpha'] ?? 1);
  if (alpha !== 1) throw conversion.unsupported(`has alpha ${alpha}, expected 1`);
  return activate(conversion, onlyInput(conversion).tensor, 'elu');
};

const softmax: Converter = (conversion) => {
  const { tensor, shape } = onlyInput(conversion);
  const axis = Number(conversion.call.config['axis'] ?? -1);
  if (axis !== -1 && axis !== shape.length - 1) throw conversion.unsupported(`works along axis ${axis}`);
  return activate(conversion, tensor, 'softmax');
};

const unitLength: Converter = (conversion) => {
  const { graph, call } = conversion;
  const { tensor, shape } = onlyInput(conversion);
  return graph.apply('L2_NORMALIZATION', [tensor], { name: call.where, shape });
};

/** Layers that can be converted, by class name. */
export const converters: ReadonlyMap<string, Converter> = new Map<string, Converter>([
  ['Conv2D', convolution],
  ['DepthwiseConv2D', depthwise],
  ['SeparableConv2D', separable],
  ['Dense', dense],
  ['BatchNormalization', batchNormalization],
  ['Rescaling', rescaling],
  [
    'Activation',
    (conversion: Conversion) =>
      activate(conversion, onlyInput(conversion).tensor, conversion.call.config['activation']),
  ],
  ['ReLU', relu],
  ['LeakyReLU', leakyRelu],
  ['PReLU', prelu],
  ['ELU', elu],
  ['Softmax', softmax],
  ['Add', merge('ADD')],
  ['Subtract', merge('SUB')],
  ['Multiply', merge('MUL')],
  ['Average', merge('ADD', { mean: true })],
  ['Maximum', merge('MAXIMUM')],
  ['Minimum', merge('MINIMUM')],
  ['Concatenate', concatenate],
  ['AveragePooling2D', pool('AVERAGE_POOL_2D')],
  ['MaxPooling2D', pool('MAX_POOL_2D')],
  ['GlobalAveragePooling2D', globalPool('MEAN')],
  ['GlobalMaxPooling2D', globalPool('REDUCE_MAX')],
  ['Flatten', flatten],
  ['Reshape', reshape],
  ['ZeroPadding2D', zeroPadding],
  ['Nearkin>L2Normalize', unitLength],
  ...['Dropout', 'SpatialDropout2D', 'AlphaDropout', 'GaussianDropout', 'GaussianNoise', 'ActivityRegularization'].map(
    (name): [string, Converter] => [name, passing],
  ),
]);
