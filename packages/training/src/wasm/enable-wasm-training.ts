import { NearkinError } from '@nearkin/core';
import { getKernel, type KernelFunc, registerKernel, unregisterKernel } from '@tensorflow/tfjs';
import { conv2dBackpropFilter } from './conv2d-backprop-filter.js';
import { conv2dBackpropInput } from './conv2d-backprop-input.js';
import { depthwiseBackpropFilter } from './depthwise-backprop-filter.js';
import { depthwiseBackpropInput } from './depthwise-backprop-input.js';
import { withoutFlags } from './mat-mul.js';
import { maxPoolGrad } from './max-pool-grad.js';
import { resizeNearestGrad } from './resize-nearest-grad.js';
import { spelledOutPadding } from './same-padding.js';
import { quickStridedSlice } from './strided-slice.js';
import { unsortedSegmentSum } from './unsorted-segment-sum.js';

/** Kernels that tfjs-backend-wasm lacks, and better ones for those that are wrong or slow. */
const kernels: Readonly<Record<string, unknown>> = {
  Conv2DBackpropFilter: conv2dBackpropFilter,
  Conv2DBackpropInput: conv2dBackpropInput,
  DepthwiseConv2dNativeBackpropFilter: depthwiseBackpropFilter,
  DepthwiseConv2dNativeBackpropInput: depthwiseBackpropInput,
  MaxPoolGrad: maxPoolGrad,
  ResizeNearestNeighborGrad: resizeNearestGrad,
  UnsortedSegmentSum: unsortedSegmentSum,
};

/** Kernels that stay, with a detour. */
const wrappers: Readonly<Record<string, (stock: KernelFunc) => KernelFunc>> = {
  BatchMatMul: withoutFlags,
  _FusedMatMul: withoutFlags,
  Conv2D: spelledOutPadding(false),
  FusedConv2D: spelledOutPadding(false),
  DepthwiseConv2dNative: spelledOutPadding(true),
  FusedDepthwiseConv2D: spelledOutPadding(true),
  StridedSlice: quickStridedSlice,
};

const ours = new WeakSet<KernelFunc>();

/**
 * Makes TensorFlow.js' WebAssembly backend able to train: registers the gradient kernels that it lacks, replaces those
 * that are wrong (max pooling, resizing by the nearest pixel, `same` convolutions whose stride exceeds the filter) or slow
 * (convolution by its input, products with a transpose flag, slices with steps).
 * Other backends are left alone. Call it once `@tensorflow/tfjs-backend-wasm` is imported, before or after `setBackend`;
 * calling it again is harmless. `fit` calls it by itself.
 *
 * Two things to know of gradients on this backend: `tf.fused.conv2d`, and so `tf.layers.conv2d`, computes the gradient of
 * its input even where that is the picture, so the first layer of a model is better a plain `tf.conv2d`; and convolutions
 * with a dilation, depthwise ones among them, have no gradient in TensorFlow.js.
 *
 * @returns names of the kernels that are now ours
 * @throws {NearkinError} `BACKEND_UNAVAILABLE` while tfjs-backend-wasm is not imported
 * @example
 * import '@tensorflow/tfjs-backend-wasm';
 * await tf.setBackend('wasm');
 * enableWasmTraining().includes('Conv2DBackpropFilter'); // true
 */
export function enableWasmTraining(): readonly string[] {
  if (!getKernel('Conv2D', 'wasm'))
    throw new NearkinError(
      'BACKEND_UNAVAILABLE',
      'Expected the wasm backend of tfjs, but @tensorflow/tfjs-backend-wasm is not imported; import it first.',
    );
  for (const [name, kernel] of Object.entries(kernels)) replace(name, () => kernel as KernelFunc);
  for (const [name, wrap] of Object.entries(wrappers)) replace(name, wrap);
  return [...Object.keys(kernels), ...Object.keys(wrappers)];
}

function replace(kernelName: string, make: (stock: KernelFunc) => KernelFunc): void {
  const stock = getKernel(kernelName, 'wasm');
  if (stock && ours.has(stock.kernelFunc)) return;
  const kernelFunc = make(stock?.kernelFunc);
  ours.add(kernelFunc);
  if (stock) unregisterKernel(kernelName, 'wasm');
  registerKernel({ ...stock, kernelName, backendName: 'wasm', kernelFunc });
}
