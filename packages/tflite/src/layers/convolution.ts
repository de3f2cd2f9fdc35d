import type { FusedActivation } from '../model/schema.js';
import { activate } from './activations.js';
import {
  assertChannelsLast,
  type Conversion,
  type Converter,
  onlyInput,
  padding,
  pair,
  windowed,
} from './conversion.js';
import { fusedActivation } from './fold-calls.js';
import { normalizationFactors } from './normalization.js';

/** Conv2D: a kernel `[height, width, in, out]` becomes `[out, height, width, in]`. */
export const convolution: Converter = (conversion) => {
  const { call, weights } = conversion;
  const { tensor, shape } = mapInput(conversion);
  const [height, width] = pair(conversion, 'kernel_size');
  const filters = wholeNumber(conversion, 'filters');
  const channels = shape[3]!;
  const { data } = weights.get(call.layer, 'kernel', [height, width, channels, filters]);
  return convolve(conversion, { tensor, kernel: data, size: [height, width], filters, last: true });
};

/** DepthwiseConv2D: a kernel `[height, width, in, multiplier]` becomes `[1, height, width, in x multiplier]`. */
export const depthwise: Converter = (conversion) => depthwiseStep(conversion, { last: true });

/** SeparableConv2D: a depthwise convolution, then a pointwise one. */
export const separable: Converter = (conversion) => {
  const { call, weights, graph } = conversion;
  const tensor = depthwiseStep(conversion, { last: false });
  const channels = graph.shapeOf(tensor)[3]!;
  const filters = wholeNumber(conversion, 'filters');
  const { data } = weights.get(call.layer, 'pointwise_kernel', [1, 1, channels, filters]);
  return convolve(conversion, { tensor, kernel: data, size: [1, 1], filters, last: true, pointwise: true });
};

/** Dense: a kernel `[in, out]` becomes `[out, in]`; of more than two dimensions the last one counts. */
export const dense: Converter = (conversion) => {
  const { call, weights, graph } = conversion;
  const { tensor, shape } = onlyInput(conversion);
  const units = wholeNumber(conversion, 'units');
  const inputs = shape.at(-1)!;
  const { data } = weights.get(call.layer, 'kernel', [inputs, units]);
  const { scale, bias } = lastStep(conversion, units);
  const kernel = new Float32Array(units * inputs);
  for (let o = 0; o < units; o++)
    for (let i = 0; i < inputs; i++) kernel[o * inputs + i] = data[i * units + o]! * scale[o]!;
  const matrix = conversion.kernel(`${call.where}/kernel`, [units, inputs], kernel);
  const fused = fusedOf(conversion);
  const out = graph.apply(
    'FULLY_CONNECTED',
    [tensor, matrix, bias ? graph.constant(`${call.where}/bias`, [units], bias) : -1],
    { name: nameOf(conversion), shape: [...shape.slice(0, -1), units] },
    { activation: fused, keepDims: shape.length > 2 },
  );
  return fused === 'none' ? activate(conversion, out, call.config['activation']) : out;
};

function depthwiseStep(conversion: Conversion, { last }: { last: boolean }): number {
  const { call, weights, graph } = conversion;
  const { tensor, shape } = mapInput(conversion);
  const [height, width] = pair(conversion, 'kernel_size');
  const channels = shape[3]!;
  const multiplier = Number(call.config['depth_multiplier'] ?? 1);
  const { data } = weights.get(call.layer, 'depthwise_kernel', [height, width, channels, multiplier]);
  const filters = channels * multiplier;
  const { scale, bias } = last ? lastStep(conversion, filters) : { scale: undefined, bias: undefined };
  const kernel = scale ? data.map((value, i) => value * scale[i % filters]!) : data;
  const fused = last ? fusedOf(conversion) : 'none';
  const out = graph.apply(
    'DEPTHWISE_CONV_2D',
    [
      tensor,
      graph.constant(`${call.where}/depthwise_kernel`, [1, height, width, filters], kernel),
      graph.constant(`${call.where}/depthwise_bias`, [filters], bias ?? new Float32Array(filters)),
    ],
    {
      name: last ? nameOf(conversion) : `${call.where}/depthwise`,
      shape: outputShape(conversion, shape, [height, width], filters),
    },
    { ...windowOptions(conversion), depthMultiplier: multiplier, activation: fused },
  );
  return last && fused === 'none' ? activate(conversion, out, call.config['activation']) : out;
}

function convolve(
  conversion: Conversion,
  step: {
    readonly tensor: number;
    readonly kernel: Float32Array;
    readonly size: readonly [number, number];
    readonly filters: number;
    readonly last: boolean;
    readonly pointwise?: boolean;
  },
): number {
  const { call, graph } = conversion;
  const { tensor, size, filters, pointwise = false } = step;
  const shape = graph.shapeOf(tensor);
  const { scale, bias } = lastStep(conversion, filters);
  const taps = size[0] * size[1] * shape[3]!;
  const kernel = new Float32Array(taps * filters);
  for (let o = 0; o < filters; o++)
    for (let i = 0; i < taps; i++) kernel[o * taps + i] = step.kernel[i * filters + o]! * scale[o]!;
  const fused = fusedOf(conversion);
  const plain = { strides: [1, 1], padding: 'valid' } as const;
  const out = graph.apply(
    'CONV_2D',
    [
      tensor,
      conversion.kernel(`${call.where}/kernel`, [filters, ...size, shape[3]!], kernel),
      graph.constant(`${call.where}/bias`, [filters], bias ?? new Float32Array(filters)),
    ],
    {
      name: nameOf(conversion),
      shape: pointwise ? [...shape.slice(0, 3), filters] : outputShape(conversion, shape, size, filters),
    },
    { ...(pointwise ? plain : windowOptions(conversion)), activation: fused },
  );
  return fused === 'none' ? activate(conversion, out, call.config['activation']) : out;
}

/** The bias, with the batch normalisation behind the layer folded in, and what the kernel is scaled by for it. */
function lastStep(conversion: Conversion, filters: number): { scale: Float32Array; bias: Float32Array | undefined } {
  const { call, weights, folded } = conversion;
  const own = call.config['use_bias'] === false ? undefined : weights.get(call.layer, 'bias', [filters]).data;
  if (!folded.normalization) return { scale: new Float32Array(filters).fill(1), bias: own };
  const { factor, offset } = normalizationFactors({ ...conversion, call: folded.normalization }, filters);
  return { scale: factor, bias: offset.map((value, i) => value + factor[i]! * (own?.[i] ?? 0)) };
}

/** The layer's name; with something behind it where an operator of its own applies the activation and bears the name. */
function nameOf(conversion: Conversion): string {
  const { where, config } = conversion.call;
  const isLast = fusedOf(conversion) !== 'none' || (config['activation'] ?? 'linear') === 'linear';
  return isLast ? where : `${where}/linear`;
}

function fusedOf({ call, folded }: Conversion): FusedActivation {
  return folded.activation ?? fusedActivation(call.config['activation']) ?? 'none';
}

function mapInput(conversion: Conversion): { tensor: number; shape: readonly number[] } {
  assertChannelsLast(conversion);
  const input = onlyInput(conversion);
  if (input.shape.length !== 4) throw conversion.unsupported(`reads a tensor of ${input.shape.length} dimensions`);
  if (Number(conversion.call.config['groups'] ?? 1) !== 1) throw conversion.unsupported('has groups');
  return input;
}

function outputShape(
  conversion: Conversion,
  shape: readonly number[],
  size: readonly [number, number],
  filters: number,
): number[] {
  const { strides, dilations, padding } = windowOptions(conversion);
  const side = (axis: 0 | 1) =>
    windowed(shape[axis + 1]!, { window: size[axis], stride: strides[axis], dilation: dilations[axis], padding });
  return [shape[0]!, side(0), side(1), filters];
}

function windowOptions(conversion: Conversion) {
  return {
    strides: pair(conversion, 'strides', [1, 1]),
    dilations: pair(conversion, 'dilation_rate', [1, 1]),
    padding: padding(conversion),
  };
}

function wholeNumber({ call, unsupported }: Conversion, key: string): number {
  const value = call.config[key];
  if (Number.isSafeInteger(value) && (value as number) > 0) return value as number;
  throw unsupported(`has ${key} ${JSON.stringify(value)}, expected a whole number`);
}
