import { backend_util } from '@tensorflow/tfjs';

export interface DepthwiseAttributes {
  readonly strides: [number, number] | number;
  readonly dilations?: [number, number] | number;
  readonly pad: 'valid' | 'same' | number;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

type Shape4 = [number, number, number, number];

/** Calls back for every pixel of the output and every tap of the filter that meets a pixel of the input. */
export function eachTap(
  info: backend_util.Conv2DInfo,
  meet: (places: { x: number; y: number; tap: number }) => void,
): void {
  const { batchSize, inHeight, inWidth, outHeight, outWidth, padInfo } = info;
  const places = { x: 0, y: 0, tap: 0 };
  for (let picture = 0; picture < batchSize; picture++)
    for (let oy = 0; oy < outHeight; oy++)
      for (let ky = 0; ky < info.filterHeight; ky++) {
        const iy = oy * info.strideHeight + ky * info.dilationHeight - padInfo.top;
        if (iy < 0 || iy >= inHeight) continue;
        for (let kx = 0; kx < info.filterWidth; kx++)
          for (let ox = 0; ox < outWidth; ox++) {
            const ix = ox * info.strideWidth + kx * info.dilationWidth - padInfo.left;
            if (ix < 0 || ix >= inWidth) continue;
            places.x = (picture * inHeight + iy) * inWidth + ix;
            places.y = (picture * outHeight + oy) * outWidth + ox;
            places.tap = ky * info.filterWidth + kx;
            meet(places);
          }
      }
}

export function depthwiseInfo(
  inputShape: readonly number[],
  filterShape: readonly number[],
  { strides, dilations = 1, pad, dimRoundingMode }: DepthwiseAttributes,
): backend_util.Conv2DInfo {
  const shapes = [inputShape as Shape4, filterShape as Shape4] as const;
  return backend_util.computeConv2DInfo(...shapes, strides, dilations, pad, dimRoundingMode, true);
}
