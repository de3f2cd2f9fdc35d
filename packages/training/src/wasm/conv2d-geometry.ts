import { backend_util } from '@tensorflow/tfjs';
import { requireChannelsLast } from './channels-last.js';

export type Shape4 = [number, number, number, number];

/** What both gradients of a convolution are told. */
export interface Conv2dAttributes {
  readonly strides: [number, number] | number;
  readonly pad: backend_util.PadInfo['type'];
  readonly dataFormat: 'NHWC' | 'NCHW';
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/** Sizes, strides and padding of a convolution, and whether each pixel of its output sees one pixel of the input alone. */
interface Conv2dGeometry extends backend_util.Conv2DInfo {
  readonly isPointwise: boolean;
  /** Pixels of all outputs. */
  readonly points: number;
}

/** @throws {NearkinError} `UNSUPPORTED` for channels that do not come last */
export function conv2dGeometry(
  kernel: string,
  shapes: { readonly input: readonly number[]; readonly filter: readonly number[] },
  { strides, pad, dataFormat, dimRoundingMode }: Conv2dAttributes,
): Conv2dGeometry {
  requireChannelsLast(kernel, dataFormat);
  const [input, filter] = [shapes.input as Shape4, shapes.filter as Shape4];
  const info = backend_util.computeConv2DInfo(input, filter, strides, 1, pad as 'same', dimRoundingMode);
  const isPointwise =
    info.filterHeight * info.filterWidth * info.strideHeight * info.strideWidth === 1 &&
    info.outHeight === info.inHeight &&
    info.outWidth === info.inWidth;
  return { ...info, isPointwise, points: info.batchSize * info.outHeight * info.outWidth };
}
