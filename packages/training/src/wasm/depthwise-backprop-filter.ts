import type { TensorInfo } from '@tensorflow/tfjs';
import { type DepthwiseAttributes, depthwiseInfo, eachTap } from './depthwise-geometry.js';
import { allocate, floats, type KernelCall } from './wasm-backend.js';

/** Gradient of a depthwise convolution by its filter, shape `[height, width, channels, multiplier]`. */
export function depthwiseBackpropFilter({
  inputs,
  attrs,
  backend,
}: KernelCall<
  { readonly x: TensorInfo; readonly dy: TensorInfo },
  DepthwiseAttributes & { readonly filterShape: readonly number[] }
>): TensorInfo {
  const info = depthwiseInfo(inputs.x.shape, attrs.filterShape, attrs);
  const { inChannels: channels, outChannels: outputs } = info;
  const multiplier = outputs / channels;
  const out = allocate(backend, attrs.filterShape);
  const x = floats(backend, inputs.x);
  const dy = floats(backend, inputs.dy);
  // Many small terms: sums in doubles.
  const sums = new Float64Array(info.filterHeight * info.filterWidth * outputs);
  eachTap(info, (places) => {
    const fromX = places.x * channels;
    const fromY = places.y * outputs;
    const to = places.tap * outputs;
    if (multiplier === 1) for (let c = 0; c < channels; c++) sums[to + c]! += x[fromX + c]! * dy[fromY + c]!;
    else
      for (let c = 0, o = 0; c < channels; c++)
        for (let m = 0; m < multiplier; m++, o++) sums[to + o]! += x[fromX + c]! * dy[fromY + o]!;
  });
  floats(backend, out).set(sums);
  return out;
}
