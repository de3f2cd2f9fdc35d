import type { TensorInfo } from '@tensorflow/tfjs';
import { type DepthwiseAttributes, depthwiseInfo, eachTap } from './depthwise-geometry.js';
import { allocate, floats, type KernelCall } from './wasm-backend.js';

/** Gradient of a depthwise convolution by its input, shape `[pictures, height, width, channels]`. */
export function depthwiseBackpropInput({
  inputs,
  attrs,
  backend,
}: KernelCall<
  { readonly dy: TensorInfo; readonly filter: TensorInfo },
  DepthwiseAttributes & { readonly inputShape: readonly number[] }
>): TensorInfo {
  const info = depthwiseInfo(attrs.inputShape, inputs.filter.shape, attrs);
  const { inChannels: channels, outChannels: outputs } = info;
  const multiplier = outputs / channels;
  const out = allocate(backend, attrs.inputShape);
  const dx = floats(backend, out).fill(0);
  const dy = floats(backend, inputs.dy);
  const filter = floats(backend, inputs.filter);
  eachTap(info, (places) => {
    const to = places.x * channels;
    const fromY = places.y * outputs;
    const tap = places.tap * outputs;
    if (multiplier === 1) for (let c = 0; c < channels; c++) dx[to + c]! += dy[fromY + c]! * filter[tap + c]!;
    else
      for (let c = 0, o = 0; c < channels; c++)
        for (let m = 0; m < multiplier; m++, o++) dx[to + c]! += dy[fromY + o]! * filter[tap + o]!;
  });
  return out;
}
