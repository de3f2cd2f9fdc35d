import type { TensorInfo } from '@tensorflow/tfjs';
import { type Conv2dAttributes, conv2dGeometry, type Shape4 } from './conv2d-geometry.js';
import { convolve } from './convolution.js';
import { allocate, floats, free, type KernelCall, reshaped, run } from './wasm-backend.js';

/**
 * Gradient of a convolution by its filter, as one convolution: channels become the batch, the batch becomes channels, the
 * gradient of the output is the filter, and the stride is how far apart its taps are.
 */
export function conv2dBackpropFilter({
  inputs,
  attrs,
  backend,
}: KernelCall<
  { readonly x: TensorInfo; readonly dy: TensorInfo },
  Conv2dAttributes & { readonly filterShape: Shape4 }
>): TensorInfo {
  const { x, dy } = inputs;
  const { filterShape } = attrs;
  const geometry = conv2dGeometry('Conv2DBackpropFilter', { input: x.shape, filter: filterShape }, attrs);
  const { filterHeight, filterWidth, strideHeight, strideWidth, outHeight, outWidth, inChannels, outChannels } =
    geometry;
  if (geometry.isPointwise) {
    const { points } = geometry;
    const matrices = { a: reshaped(x, [1, points, inChannels]), b: reshaped(dy, [1, points, outChannels]) };
    const out = run(backend, 'BatchMatMul', matrices, { transposeA: true, transposeB: false });
    return { ...out, shape: [...filterShape] };
  }
  const { top, left } = geometry.padInfo;
  const turned = run(backend, 'Transpose', { x }, { perm: [3, 1, 2, 0] });
  const filter = run(backend, 'Transpose', { x: dy }, { perm: [1, 2, 0, 3] });
  const y = convolve(
    backend,
    { x: turned, filter },
    {
      rows: { from: -top, to: (outHeight - 1) * strideHeight + filterHeight - top },
      columns: { from: -left, to: (outWidth - 1) * strideWidth + filterWidth - left },
      dilations: [strideHeight, strideWidth],
    },
  );
  free(backend, turned, filter);
  if (!y) {
    const none = allocate(backend, filterShape);
    floats(backend, none).fill(0);
    return none;
  }
  const out = run(backend, 'Transpose', { x: y }, { perm: [1, 2, 0, 3] });
  free(backend, y);
  return out;
}
