import type { TensorInfo } from '@tensorflow/tfjs';
import { allocate, floats, type KernelCall } from './wasm-backend.js';

type Shape4 = [number, number, number, number];

/**
 * Gradient of resizing by the nearest pixel: each goes to the pixel that was copied. The backend's own kernel adds to
 * memory that it does not clear.
 */
export function resizeNearestGrad({
  inputs,
  attrs,
  backend,
}: KernelCall<
  { readonly images: TensorInfo; readonly dy: TensorInfo },
  { readonly alignCorners: boolean }
>): TensorInfo {
  const [pictures, height, width, channels] = inputs.images.shape as Shape4;
  const [, outHeight, outWidth] = inputs.dy.shape as Shape4;
  const rows = sources(height, outHeight, attrs.alignCorners);
  const columns = sources(width, outWidth, attrs.alignCorners);
  const out = allocate(backend, inputs.images.shape);
  const dx = floats(backend, out).fill(0);
  const dy = floats(backend, inputs.dy);
  let from = 0;
  for (let picture = 0; picture < pictures; picture++)
    for (const row of rows)
      for (const column of columns) {
        const to = ((picture * height + row) * width + column) * channels;
        for (let c = 0; c < channels; c++) dx[to + c]! += dy[from++]!;
      }
  return out;
}

/** The pixel that each pixel of the result was copied from. */
function sources(inputs: number, outputs: number, alignCorners: boolean): number[] {
  const aligned = alignCorners && outputs > 1;
  const scale = aligned ? (inputs - 1) / (outputs - 1) : inputs / outputs;
  const nearest = alignCorners ? Math.round : Math.floor;
  return Array.from({ length: outputs }, (_, i) => Math.min(inputs - 1, nearest(i * scale)));
}
