import type { TensorInfo } from '@tensorflow/tfjs';
import { type Conv2dAttributes, conv2dGeometry, type Shape4 } from './conv2d-geometry.js';
import { convolve, type Window } from './convolution.js';
import { allocate, floats, free, type KernelCall, reshaped, run, type WasmBackend } from './wasm-backend.js';

/**
 * Gradient of a convolution by its input. Pixels whose distance to the grid of outputs is the same (the phase) see the
 * same taps of the filter: for each phase it is a convolution of stride 1 with those taps, and the results interleave.
 * Nothing is multiplied by the zeros that a spread-out gradient would have.
 */
export function conv2dBackpropInput({
  inputs,
  attrs,
  backend,
}: KernelCall<
  { readonly dy: TensorInfo; readonly filter: TensorInfo },
  Conv2dAttributes & { readonly inputShape: Shape4 }
>): TensorInfo {
  const { dy, filter } = inputs;
  const { inputShape } = attrs;
  const geometry = conv2dGeometry('Conv2DBackpropInput', { input: inputShape, filter: filter.shape }, attrs);
  const { filterHeight, filterWidth, strideHeight, strideWidth, inHeight, inWidth, inChannels, outChannels } = geometry;
  if (geometry.isPointwise) {
    const { points } = geometry;
    const matrix = { a: reshaped(dy, [1, points, outChannels]), b: reshaped(filter, [1, inChannels, outChannels]) };
    const out = run(backend, 'BatchMatMul', matrix, { transposeA: false, transposeB: true });
    return { ...out, shape: [...inputShape] };
  }
  const vertical = phases(inHeight, {
    taps: filterHeight,
    stride: strideHeight,
    before: geometry.padInfo.top,
  });
  const horizontal = phases(inWidth, {
    taps: filterWidth,
    stride: strideWidth,
    before: geometry.padInfo.left,
  });
  if (strideHeight * strideWidth === 1) {
    const flipped = phaseFilter(backend, filter, { row: vertical[0]!, column: horizontal[0]! });
    const out = convolve(
      backend,
      { x: dy, filter: flipped },
      { rows: vertical[0]!.window, columns: horizontal[0]!.window },
    );
    free(backend, flipped);
    if (out) return out;
  }
  const dx = allocate(backend, inputShape);
  // Pixels that no output saw.
  if (filterHeight < strideHeight || filterWidth < strideWidth) floats(backend, dx).fill(0);
  for (const row of vertical)
    for (const column of horizontal) {
      const part = phaseFilter(backend, filter, { row, column });
      const y = convolve(backend, { x: dy, filter: part }, { rows: row.window, columns: column.window });
      spread(backend, { y, dx }, { row, column });
      free(backend, part, ...(y ? [y] : []));
    }
  return dx;
}

/** Every `stride`-th row of the input, from `first` on: they see the same taps. */
interface Phase {
  readonly first: number;
  readonly stride: number;
  readonly count: number;
  /** Numbers of the taps, in the order in which a convolution over dy meets them. */
  readonly taps: readonly number[];
  /** Rows of dy that it reads. */
  readonly window: Window;
}

interface Axis {
  readonly taps: number;
  readonly stride: number;
  readonly before: number;
}

/** Row i of the input meets row o of the output with tap k = i + before - o * stride. */
function phases(inputs: number, { taps, stride, before }: Axis): Phase[] {
  const found: Phase[] = [];
  for (let r = 0; r < Math.min(stride, taps); r++) {
    const q = Math.max(0, Math.ceil((before - r) / stride));
    const first = r - before + q * stride;
    if (first >= inputs) continue;
    const count = Math.floor((inputs - 1 - first) / stride) + 1;
    const own = Array.from({ length: Math.ceil((taps - r) / stride) }, (_, t) => r + t * stride).reverse();
    found.push({ first, stride, count, taps: own, window: { from: q - own.length + 1, to: q + count } });
  }
  return found;
}

/** The taps of a phase as a filter from the outputs to the inputs: shape `[taps, taps, outputs, inputs]`. */
function phaseFilter(
  backend: WasmBackend,
  filter: TensorInfo,
  { row, column }: { readonly row: Phase; readonly column: Phase },
): TensorInfo {
  const [, width, inputs, outputs] = filter.shape as Shape4;
  const part = allocate(backend, [row.taps.length, column.taps.length, outputs, inputs]);
  const source = floats(backend, filter);
  const target = floats(backend, part);
  let at = 0;
  for (const ky of row.taps)
    for (const kx of column.taps) {
      const start = (ky * width + kx) * inputs * outputs;
      for (let o = 0; o < outputs; o++)
        for (let i = 0; i < inputs; i++) target[at++] = source[start + i * outputs + o]!;
    }
  return part;
}

/** Writes the pixels of a phase to their places. */
function spread(
  backend: WasmBackend,
  { y, dx }: { readonly y: TensorInfo | undefined; readonly dx: TensorInfo },
  { row, column }: { readonly row: Phase; readonly column: Phase },
): void {
  const [pictures, height, width, channels] = dx.shape as Shape4;
  const target = floats(backend, dx);
  const source = y && floats(backend, y);
  const step = column.stride * channels;
  let from = 0;
  for (let picture = 0; picture < pictures; picture++)
    for (let i = 0; i < row.count; i++) {
      let at = ((picture * height + row.first + i * row.stride) * width + column.first) * channels;
      for (let j = 0; j < column.count; j++, at += step, from += channels)
        for (let c = 0; c < channels; c++) target[at + c] = source ? source[from + c]! : 0;
    }
}
