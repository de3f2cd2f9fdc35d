import { backend_util, type KernelFunc, type TensorInfo } from '@tensorflow/tfjs';
import type { KernelCall } from './wasm-backend.js';

type Shape4 = [number, number, number, number];

interface Attributes {
  readonly strides: [number, number] | number;
  /** Graph models and depthwise layers leave them out. */
  readonly dilations: [number, number] | number | null | undefined;
  readonly pad: unknown;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/**
 * Wraps a convolution so that `same` padding holds where a filter is smaller than its stride and the last pixels are seen
 * by no output: the backend then answers zeros. Padding that is spelled out it gets right.
 */
export function spelledOutPadding(depthwise: boolean): (stock: KernelFunc) => KernelFunc {
  return (stock) =>
    ((call: KernelCall<{ readonly x: TensorInfo; readonly filter: TensorInfo }, Attributes>) => {
      const { attrs, inputs } = call;
      if (attrs.pad !== 'same') return stock(call as never);
      const { strides, dimRoundingMode } = attrs;
      const dilations = attrs.dilations ?? 1;
      const shapes = [inputs.x.shape as Shape4, inputs.filter.shape as Shape4] as const;
      const info = backend_util.computeConv2DInfo(...shapes, strides, dilations, 'same', dimRoundingMode, depthwise);
      const { inHeight, inWidth, outHeight, outWidth, strideHeight, strideWidth, padInfo } = info;
      const seenHeight = (outHeight - 1) * strideHeight + info.effectiveFilterHeight;
      const seenWidth = (outWidth - 1) * strideWidth + info.effectiveFilterWidth;
      if (seenHeight >= inHeight && seenWidth >= inWidth) return stock(call as never);
      const { top, bottom, left, right } = padInfo;
      const pad = [
        [0, 0],
        [top, bottom],
        [left, right],
        [0, 0],
      ].map((pair) => pair.map((n) => Math.max(0, n)));
      return stock({ ...call, attrs: { ...attrs, pad } } as never);
    }) as unknown as KernelFunc;
}
