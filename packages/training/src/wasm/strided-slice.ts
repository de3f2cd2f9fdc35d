import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs';
import { slice_util, util } from '@tensorflow/tfjs';
import type { KernelCall } from './wasm-backend.js';

interface Attributes {
  readonly begin: number[];
  readonly end: number[];
  readonly strides: number[];
  readonly beginMask: number;
  readonly endMask: number;
  readonly ellipsisMask: number;
  readonly newAxisMask: number;
  readonly shrinkAxisMask: number;
}

/** Wraps the slice with steps: the cases that are not simply contiguous, which the backend takes ages for, are ours. */
export function quickStridedSlice(stock: KernelFunc): KernelFunc {
  return ((call: KernelCall<{ readonly x: TensorInfo }, Attributes>) => {
    const { backend, attrs } = call;
    const { x } = call.inputs;
    const { begin, end, strides, beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask } = attrs;
    const masks = [beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask] as const;
    const info = slice_util.sliceInfo(x.shape, begin, end, strides, ...masks);
    if (info.isIdentity || info.sliceDim0 || info.isSimpleSlice || x.dtype === 'string') return stock(call as never);
    const out = backend.makeOutput(info.finalShape, x.dtype);
    const source = backend.typedArrayFromHeap(x);
    const target = backend.typedArrayFromHeap(out);
    const sizes = slice_util.computeOutShape(info.begin, info.end, info.strides);
    if (util.sizeFromShape(sizes) === 0) return out;
    const rowsOf = [...util.computeStrides(x.shape), 1];
    let to = 0;
    const copy = (axis: number, from: number): void => {
      const step = info.strides[axis]! * rowsOf[axis]!;
      const start = from + info.begin[axis]! * rowsOf[axis]!;
      if (axis === sizes.length - 1) for (let i = 0; i < sizes[axis]!; i++) target[to++] = source[start + i * step]!;
      else for (let i = 0; i < sizes[axis]!; i++) copy(axis + 1, start + i * step);
    };
    copy(0, 0);
    return out;
  }) as unknown as KernelFunc;
}
