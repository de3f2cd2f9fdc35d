import { backend_util, type TensorInfo } from '@tensorflow/tfjs';
import { allocate, floats, type KernelCall } from './wasm-backend.js';

type Shape4 = [number, number, number, number];

interface Attributes {
  readonly filterSize: [number, number] | number;
  readonly strides: [number, number] | number;
  readonly pad: 'valid' | 'same' | number;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/**
 * Gradient of max pooling: all of it goes to the first of the largest pixels of a window, as on the other backends. The
 * backend's own kernel adds to memory that it does not clear.
 */
export function maxPoolGrad({
  inputs,
  attrs,
  backend,
}: KernelCall<{ readonly dy: TensorInfo; readonly input: TensorInfo }, Attributes>): TensorInfo {
  const { filterSize, strides, pad, dimRoundingMode } = attrs;
  const shape = inputs.input.shape as Shape4;
  const info = backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
  const { inHeight, inWidth, outHeight, outWidth, inChannels: channels, padInfo } = info;
  const out = allocate(backend, shape);
  const dx = floats(backend, out).fill(0);
  const x = floats(backend, inputs.input);
  const dy = floats(backend, inputs.dy);
  for (let picture = 0, y = 0; picture < info.batchSize; picture++)
    for (let oy = 0; oy < outHeight; oy++) {
      const top = oy * info.strideHeight - padInfo.top;
      const bottom = Math.min(inHeight, top + info.filterHeight);
      for (let ox = 0; ox < outWidth; ox++) {
        const left = ox * info.strideWidth - padInfo.left;
        const right = Math.min(inWidth, left + info.filterWidth);
        for (let c = 0; c < channels; c++, y++) {
          let best = Number.NEGATIVE_INFINITY;
          let at = -1;
          for (let iy = Math.max(0, top); iy < bottom; iy++)
            for (let ix = Math.max(0, left); ix < right; ix++) {
              const place = ((picture * inHeight + iy) * inWidth + ix) * channels + c;
              if (x[place]! > best || at < 0) {
                best = x[place]!;
                at = place;
              }
            }
          if (at >= 0) dx[at]! += dy[y]!;
        }
      }
    }
  return out;
}
