import { tensor } from '@tensorflow/tfjs-core';
import { input, type LayersModel, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import {
  contrastKernel,
  directionKernel,
  edgeKernel,
  hatKernel,
  hueKernel,
  type Kernel,
  rampKernel,
  scaleKernel,
} from './filter-kernels.js';

export const filterInputSide = 96;
const directions = 6;
const hues = 8;
const levels = 5;
/** Edges of this strength are half as good as the strongest: noise stays below, faint contours count. */
const halfStrength = 0.05;
/** x / (|x| + 1/4) in place of the square root that histograms of gradients profit from: rare features count more. */
const compression = 4;

/** Numbers the model gives: edges on a 7 x 7 and a 3 x 3 grid, colours on a 3 x 3 grid. */
export const filterDim = directions * (49 + 9) + (hues + levels) * 9;

/**
 * Builds the model of fixed filters from standard layers.
 *
 * Edges: oriented derivative filters at two scales, both polarities and all colour opponents added up, the mean over
 * directions taken away, saturated (which takes the place of contrast normalisation), averaged over overlapping cells and
 * compressed, in the manner of histograms of oriented gradients. Colours: soft histograms of hue and lightness over
 * overlapping cells, compressed. Only convolutions, rectifiers, softsign, average pooling and concatenation, so that any
 * runtime can have it.
 *
 * @source Dalal and Triggs, Histograms of Oriented Gradients for Human Detection (2005), section 6; Arandjelovic and
 *   Zisserman, Three things everyone should know to improve object retrieval (2012), section 2, for the root
 */
export function buildFilterModel(): LayersModel {
  const picture = input({ shape: [filterInputSide, filterInputSide, 3], name: 'picture' });
  const half = apply(layers.averagePooling2d({ poolSize: 2, strides: 2, name: 'half' }), picture);
  const parts = [edges(picture, 'fine'), edges(half, 'coarse'), colors(picture)];
  return model({
    inputs: picture,
    outputs: layers.concatenate({ axis: -1, name: 'embedding' }).apply(parts) as SymbolicTensor,
    name: 'nearkin_filters',
  });
}

function edges(picture: SymbolicTensor, name: string): SymbolicTensor {
  const raw = relu(convolve(picture, edgeKernel(directions), `${name}_edges`), `${name}_polarity`);
  const sharp = relu(
    convolve(raw, directionKernel(directions, 1 / halfStrength), `${name}_direction`),
    `${name}_winners`,
  );
  return compress(pool(softsign(sharp, `${name}_strength`), 12, `${name}_cells`), name);
}

function colors(picture: SymbolicTensor): SymbolicTensor {
  const raw = relu(convolve(picture, hueKernel(hues, 0.02), 'hue_raw'), 'hue_positive');
  const hue = softsign(
    relu(convolve(raw, contrastKernel(hues, 1 / halfStrength), 'hue_contrast'), 'hue_winners'),
    'hue',
  );
  const ramps = relu(convolve(picture, rampKernel(levels), 'lightness_raw'), 'lightness_ramps');
  const lightness = convolve(ramps, hatKernel(levels), 'lightness');
  const both = layers.concatenate({ axis: -1, name: 'hue_and_lightness' }).apply([hue, lightness]) as SymbolicTensor;
  return compress(pool(both, 24, 'color_cells'), 'color');
}

function compress(cells: SymbolicTensor, name: string): SymbolicTensor {
  const scaled = convolve(cells, scaleKernel(cells.shape[3]!, compression), `${name}_scaled`);
  return apply(layers.flatten({ name: `${name}_flat` }), softsign(scaled, `${name}_compressed`));
}

function convolve(from: SymbolicTensor, kernel: Kernel, name: string): SymbolicTensor {
  const [size, , , filters] = kernel.shape;
  const weights = [tensor(kernel.values, [...kernel.shape])];
  if (kernel.bias) weights.push(tensor(kernel.bias, [filters]));
  const layer = layers.conv2d({
    filters,
    kernelSize: size,
    padding: 'same',
    useBias: kernel.bias !== undefined,
    kernelInitializer: 'zeros',
    trainable: false,
    name,
  });
  const out = apply(layer, from);
  layer.setWeights(weights);
  for (const weight of weights) weight.dispose();
  return out;
}

/** Cells of twice the stride, so that what lies on a border belongs to both. */
function pool(from: SymbolicTensor, stride: number, name: string): SymbolicTensor {
  return apply(layers.averagePooling2d({ poolSize: 2 * stride, strides: stride, padding: 'valid', name }), from);
}

function relu(from: SymbolicTensor, name: string): SymbolicTensor {
  return apply(layers.activation({ activation: 'relu', name }), from);
}

/** x / (|x| + 1). */
function softsign(from: SymbolicTensor, name: string): SymbolicTensor {
  return apply(layers.activation({ activation: 'softsign', name }), from);
}

function apply(layer: { apply(input: SymbolicTensor): unknown }, from: SymbolicTensor): SymbolicTensor {
  return layer.apply(from) as SymbolicTensor;
}
