import { backend_util, type TensorInfo } from '@tensorflow/tfjs';
import { requireChannelsLast } from './channels-last.js';
import { convolve } from './convolution.js';
import { allocate, floats, free, type KernelCall, reshaped, run } from './wasm-backend.js';

type Shape4 = [number, number, number, number];

interface Attributes {
  readonly strides: [number, number] | number;
  readonly pad: backend_util.PadInfo['type'];
  readonly dataFormat: 'NHWC' | 'NCHW';
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
  readonly filterShape: Shape4;
}

/**
 * Gradient of a convolution by its filter, as one convolution: channels become the batch, the batch becomes channels, the
 * gradient of the output is the filter, and the stride is how far apart its taps are.
 */
export function conv2dBackpropFilter({
  inputs,
  attrs,
  backend,
}: KernelCall<{ readonly x: TensorInfo; readonly dy: TensorInfo }, Attributes>): TensorInfo {
  const { x, dy } = inputs;
  const { strides, pad, dataFormat, dimRoundingMode, filterShape } = attrs;
  requireChannelsLast('Conv2DBackpropFilter', dataFormat);
  const info = backend_util.computeConv2DInfo(
    x.shape as Shape4,
    filterShape,
    strides,
    1,
    pad as 'same',
    dimRoundingMode,
  );
  const { filterHeight, filterWidth, strideHeight, strideWidth, outHeight, outWidth, inChannels, outChannels } = info;
  const points = info.batchSize * outHeight * outWidth;
  if (
    filterHeight * filterWidth * strideHeight * strideWidth === 1 &&
    outHeight === info.inHeight &&
    outWidth === info.inWidth
  ) {
    const matrices = { a: reshaped(x, [1, points, inChannels]), b: reshaped(dy, [1, points, outChannels]) };
    const out = run(backend, 'BatchMatMul', matrices, { transposeA: true, transposeB: false });
    return { ...out, shape: [...filterShape] };
  }
  const { top, left } = info.padInfo;
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
