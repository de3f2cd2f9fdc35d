import type { TensorInfo } from '@tensorflow/tfjs';
import { allocate, floats, run, type WasmBackend } from './wasm-backend.js';

/** Rows or columns of a picture that are read, from `from` to `to` - 1, with zeros outside of it. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

/**
 * A convolution of stride 1 over a window of each picture; the window may reach over the edges (zeros) or leave them out.
 *
 * @param x shape `[pictures, height, width, channels]`
 * @param filter shape `[height, width, channels, outputs]`
 * @returns shape `[pictures, …, …, outputs]`, or undefined where the window lies outside
 */
export function convolve(
  backend: WasmBackend,
  { x, filter }: { readonly x: TensorInfo; readonly filter: TensorInfo },
  { rows, columns, dilations = [1, 1] }: WindowOptions,
): TensorInfo | undefined {
  const [, height, width] = x.shape as [number, number, number, number];
  const seen = cutWindow(backend, x, { rows, columns });
  if (!seen) return undefined;
  const out = run(
    backend,
    'Conv2D',
    { x: seen, filter },
    {
      strides: [1, 1],
      dilations,
      dataFormat: 'NHWC',
      pad: [
        [0, 0],
        [Math.max(0, -rows.from), Math.max(0, rows.to - height)],
        [Math.max(0, -columns.from), Math.max(0, columns.to - width)],
        [0, 0],
      ],
    },
  );
  if (seen !== x) backend.disposeData(seen.dataId);
  return out;
}

interface WindowOptions {
  readonly rows: Window;
  readonly columns: Window;
  readonly dilations?: readonly [number, number];
}

/** The part of the pictures inside of the window; `x` itself where that is all of it. */
function cutWindow(backend: WasmBackend, x: TensorInfo, { rows, columns }: WindowOptions): TensorInfo | undefined {
  const [pictures, height, width, channels] = x.shape as [number, number, number, number];
  const top = Math.max(0, rows.from);
  const bottom = Math.min(height, rows.to);
  const left = Math.max(0, columns.from);
  const right = Math.min(width, columns.to);
  if (bottom <= top || right <= left) return undefined;
  if (top === 0 && left === 0 && bottom === height && right === width) return x;
  const out = allocate(backend, [pictures, bottom - top, right - left, channels]);
  const source = floats(backend, x);
  const target = floats(backend, out);
  const run = (right - left) * channels;
  let at = 0;
  for (let picture = 0; picture < pictures; picture++)
    for (let row = top; row < bottom; row++, at += run) {
      const start = ((picture * height + row) * width + left) * channels;
      target.set(source.subarray(start, start + run), at);
    }
  return out;
}
